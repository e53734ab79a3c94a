"""Which of a machine's accelerators a job uses: as many as it asked for, and no other job's."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

WAIT = 1.0  # seconds between two looks for a free accelerator


print_now = partial(print, flush=True)
"""Prints a line so that it is seen at once, in the file of a log as well."""


def claim_accelerators(count: int, tell: Callable[[str], None] = print_now) -> list[str]:
    """Claim accelerators for the life of this process, and let it see no others.

    CUDA_VISIBLE_DEVICES names those to choose from (all NVIDIA GPUs, where it is not set); on
    return it names the claimed ones. Where other jobs of this user hold too many, wait. A claim is
    a lock on a file, which ends with its process, however that ends.

    Args:
        count: how many to claim; all, where there are fewer.
        tell: is told at once where it must wait.

    Returns:
        The names claimed. None without any NVIDIA GPU: the environment is then left as it is.
    """
    visible = visible_accelerators()
    count = min(count, len(visible))
    if not count:
        return []
    if not (claimed := _claim_free(visible, count)):
        tell(f"waiting for {count} of the accelerators {', '.join(visible)}")
    while not claimed:
        time.sleep(WAIT)
        claimed = _claim_free(visible, count)
    os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(claimed)
    return claimed


def hide_accelerators() -> None:
    """Let this process see no accelerator."""
    os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}


def visible_accelerators() -> list[str]:
    """Return the accelerators that this process may choose from, by CUDA's names for them."""
    if "CUDA_VISIBLE_DEVICES" not in os.environ:
        return [str(number) for number in range(_count_gpus())]
    names = [name.strip() for name in os.environ["CUDA_VISIBLE_DEVICES"].split(",")]
    # CUDA ignores what follows the first name that it does not know, such as -1.
    end = next((i for i, name in enumerate(names) if name in ("", "-1")), len(names))
    return names[:end]


def _count_gpus() -> int:
    """Count without a library that would open the devices."""
    if not (program := shutil.which("nvidia-smi")):
        return 0
    result = subprocess.run([program, "-L"], capture_output=True, text=True)
    return len(re.findall(r"^GPU \d+:", result.stdout, re.MULTILINE))


def _claim_free(names: list[str], count: int) -> list[str]:
    """Lock the first free ones of these, or none where they are too few."""
    locks: dict[str, int] = {}
    with _one_at_a_time():
        for name in names:
            if len(locks) < count and (lock := _try_to_lock(name)) is not None:
                locks[name] = lock
        if len(locks) == count:
            return list(locks)  # the files stay open
        for lock in locks.values():
            os.close(lock)
        return []


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep two jobs from each taking half of what both need."""
    lock = _open("claiming")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def _try_to_lock(name: str) -> int | None:
    lock = _open(name.replace("/", "_"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _open(name: str) -> int:
    # In every allocation of Slurm the accelerators may be numbered from zero.
    allocation = os.environ.get("SLURM_JOB_ID", "machine")
    folder = Path(tempfile.gettempdir()) / f"nucleibench-accelerators-{os.getuid()}" / allocation
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
