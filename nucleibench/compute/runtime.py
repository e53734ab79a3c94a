"""Choosing backend, devices, threads, precision and seeds, before Keras is imported."""

import ctypes
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable

from nucleibench.compute.accelerators import claim_accelerators, hide_accelerators, print_now
from nucleibench.compute.settings import Computation
from nucleibench.errors import needs_extra

# Of glibc's mallopt (malloc.h): trim the heap from so many bytes on; map so many blocks apart.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def configure(
    computation: Computation,
    threads: int,
    gpu: int,
    seed: int,
    tell: Callable[[str], None] = print,
    tell_waiting: Callable[[str], None] = print_now,
) -> None:
    """Set up Keras for this process, reproducibly.

    Args:
        computation: its backend and precision count.
        threads: number of CPU threads.
        gpu: number of accelerators the job may use, which no other job then uses; 0 hides those
            that the machine has, several share every batch.
        seed: of every random generator.
        tell: is told which accelerators are used.
        tell_waiting: is told at once where other jobs hold them, and this one waits.
    """
    if "keras" in sys.modules:
        raise RuntimeError("configure() must be called before keras is imported")
    keep_freed_memory()
    _choose_backend(computation.backend)
    if gpu:
        tell(f"accelerators: {', '.join(claim_accelerators(gpu, tell_waiting)) or 'none found'}")
    else:
        hide_accelerators()
        tell("accelerators hidden")
    _BACKENDS[computation.backend](threads)
    with needs_extra("train"):
        import keras

    keras.utils.set_random_seed(seed)
    keras.mixed_precision.set_global_policy(computation.precision)
    if gpu > 1:
        from nucleibench.compute.devices import share_batches

        share_batches(gpu)


def keep_freed_memory() -> None:
    """Let this process keep what it frees, where the C library is glibc.

    A training step takes and frees gigabytes. Giving them back to the system and having them
    zeroed anew took up to 40% of a step's processor time (bench/bench_training.py).
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def _choose_backend(backend: str) -> None:
    """Use the configuration's backend, and say so where the environment names another."""
    if (wanted := os.environ.get("KERAS_BACKEND", backend)) != backend:
        print(f"KERAS_BACKEND={wanted} gives way to training: {{backend: {backend}}}", flush=True)
    os.environ |= {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "2"}


def _prepare_tensorflow(threads: int) -> None:
    with needs_extra("train"):
        import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for device in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(device, True)


def _prepare_jax(threads: int) -> None:
    flags = os.environ.get("XLA_FLAGS", "")
    if threads == 1:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    with needs_extra("jax"):
        import jax  # noqa: F401 (Keras needs it)


_BACKENDS = {"tensorflow": _prepare_tensorflow, "jax": _prepare_jax}


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that the numbers of a training depend on."""
    names = ("keras", "tensorflow", "jax", "numpy", "segmentation-models")
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
