"""How networks are computed."""

from typing import Literal

from nucleibench.settings import Count, Settings


class Computation(Settings):
    """What networks are computed with, in training and in prediction."""

    backend: Literal["tensorflow", "jax"] = "tensorflow"
    """What Keras computes with."""
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    """Keras' policy of number formats. The softmax stays in float32."""
    execution: Literal["graph", "eager", "jit"] = "graph"
    """`graph` suits most. `eager` saves a deep network the minute of tracing where only a few
    steps are trained. `jit` compiles with XLA, which is faster on GPUs."""
    threads: Count = 8
    """Processor threads of a job with a network."""
