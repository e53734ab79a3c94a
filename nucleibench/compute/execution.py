"""How networks are run: operation by operation, as a graph, or compiled with XLA."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

# Turns network inputs into outputs, both arrays of the backend or NumPy's.
Runner = Callable[[Any], Any]

# What Keras compiles a model with, by the training's `execution`. Without "jit" JAX would run
# operation by operation, which nobody wants.
EXECUTIONS: dict[str, Callable[[], dict[str, bool]]] = {
    "graph": lambda: {"jit_compile": keras.backend.backend() == "jax"},
    "eager": lambda: {"run_eagerly": True, "jit_compile": False},
    "jit": lambda: {"jit_compile": True},
}


def _traced(model: keras.Model) -> Runner:
    # Not with XLA on TensorFlow: it would compile the smaller last batch of an image once more.
    model.compile(**EXECUTIONS["graph"]())
    return model.predict_on_batch


# How a trained network is run. Tracing it takes seconds and then a half to a quarter of the time.
RUNNERS: dict[str, Callable[[keras.Model], Runner]] = {
    "eager": lambda model: partial(model, training=False),
    "graph": _traced,
    "jit": _traced,
}
