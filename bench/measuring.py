"""Run the candidates of a comparison in turns, each in a process of its own."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.environments import ENVIRONMENTS, UnavailableError, find_python
from bench.memory import watch
from bench.registry import Candidate, Comparison

ROOT = Path(__file__).parents[1]

ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
"""Variables of every candidate: all compute on processors, and TensorFlow is quiet."""

FIRST = 4
"""What takes so many times ``longest`` is not repeated, and not tried where it is expected."""


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        repeats: times that each candidate runs, after a first run that warms it up.
        longest: seconds for the repeats of a candidate.
        with_slow: whether slow candidates are tried.
    """

    repeats: int
    longest: float
    with_slow: bool = True

    def turns(self, seconds: float) -> int:
        """Return how often a candidate runs again whose first run took so long.

        Once at least, for a first run may compile; but not where that would take too long.
        """
        if seconds > FIRST * self.longest:
            return 0
        return min(self.repeats, max(1, int(self.longest / max(seconds, 1e-9))))


@dataclass
class Measured:
    """What was measured of a candidate at one size.

    Attributes:
        candidate: which.
        wall: seconds of each run.
        cpu: processor seconds of each run, of all threads and processes.
        peak: memory of the process tree in megabytes, with its imports and inputs.
        numbers: the result, arrays by name.
        versions: of the packages measured.
        why_not: why it was not measured; empty where it was.
    """

    candidate: Candidate
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0.0
    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    why_not: str = ""

    def add(self, answer: dict[str, Any]) -> None:
        """Add a run."""
        self.wall.append(answer["wall"])
        self.cpu.append(answer["cpu"])
        self.peak = max(self.peak, answer["peak"])


class Worker:
    """A process of :mod:`bench.worker`."""

    def __init__(self, comparison: Comparison, candidate: Candidate, folder: Path) -> None:
        """Start it; ``folder`` holds the inputs.

        Raises:
            UnavailableError: its environment cannot be made.
        """
        python = find_python(candidate.environment)
        module = comparison.draw.__module__
        place = str(import_module(module).COMPARISONS.index(comparison))
        number = comparison.candidates.index(candidate)
        self.output = folder / f"numbers_{number}.npz"
        tells = ENVIRONMENTS[candidate.environment].tells
        command = [python, "-m", "bench.worker", module, place, str(number), folder, self.output]
        self.process = subprocess.Popen(
            [*command, *tells],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # What a candidate leaves behind goes with the inputs.
            env={**os.environ, **ENVIRONMENT, "TMPDIR": str(folder)},
        )

    def answer(self) -> dict[str, Any]:
        """Return the next answer.

        Raises:
            UnavailableError: the candidate failed, or its process ended.
        """
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"failed": "its process ended"}
        if "failed" in answer:
            raise UnavailableError(answer["failed"])
        return answer

    def ask(self, what: str) -> dict[str, Any]:
        """Send a line and return the answer."""
        with suppress(BrokenPipeError):  # the answer tells that the process ended
            print(what, file=self.process.stdin, flush=True)
        return self.answer()

    def numbers(self) -> dict[str, np.ndarray]:
        """Return what the last run returned."""
        self.ask("numbers")
        with np.load(self.output) as arrays:
            return dict(arrays)

    def close(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measure(
    comparison: Comparison, size: int, effort: Effort, skipped: dict[str, str]
) -> list[Measured]:
    """Measure all candidates at one size, ours first.

    Args:
        comparison: what is compared.
        size: one of its sizes.
        effort: how much is measured.
        skipped: name of a candidate -> why it is not tried.
    """
    measured = [Measured(c, why_not=skipped.get(c.name, "")) for c in comparison.candidates]
    with _drawn(comparison, size) as folder, ExitStack() as stack:
        # All at once, for nothing is timed until each is ready.
        tried = [found for found in measured if not found.why_not]
        started = [(found, _start(comparison, found, folder, stack)) for found in tried]
        ready = [(f, w) for f, w in started if w and _try(f, lambda f=f, w=w: _wait(f, w))]
        warm = [(f, w) for f, w in ready if _try(f, lambda f=f, w=w: _warm_up(f, w))]
        turns = {f.candidate.name: effort.turns(f.wall[0]) for f, _ in warm}
        again = [(f, w) for f, w in warm if turns[f.candidate.name]]
        for found, _ in again:
            found.wall, found.cpu = [], []
        for turn in range(effort.repeats):
            for found, worker in again:
                if turn < turns[found.candidate.name]:
                    _try(found, lambda f=found, w=worker: f.add(w.ask("run")))
    return measured


@contextmanager
def _drawn(comparison: Comparison, size: int) -> Iterator[Path]:
    """Yield a folder with the inputs."""
    with tempfile.TemporaryDirectory() as folder:
        for name, value in comparison.draw(size).items():
            if isinstance(value, bytes):
                (Path(folder) / f"{name}.bin").write_bytes(value)
            else:
                np.save(Path(folder) / f"{name}.npy", value)
        yield Path(folder)


def _try(found: Measured, step: Callable[[], None]) -> bool:
    """Take a step, or note why it cannot be taken."""
    try:
        step()
    except UnavailableError as error:
        found.why_not = str(error)
    return not found.why_not


def _start(
    comparison: Comparison, found: Measured, folder: Path, stack: ExitStack
) -> Worker | None:
    """Start the process of a candidate, which ends with the stack; None where it cannot start."""
    workers: list[Worker] = []
    _try(found, lambda: workers.append(Worker(comparison, found.candidate, folder)))
    for worker in workers:
        stack.callback(worker.close)
    return workers[0] if workers else None


def _wait(found: Measured, worker: Worker) -> None:
    found.versions = worker.answer()["versions"]


def _warm_up(found: Measured, worker: Worker) -> None:
    """Run the work once, with its memory watched."""
    with watch(worker.process.pid) as peak:
        answer = worker.ask("run")
    found.numbers = worker.numbers()
    found.add(answer)
    found.peak = max(found.peak, peak[0])


def list_skipped(
    comparison: Comparison, size: int, smaller: list[tuple[int, list[Measured]]], effort: Effort
) -> dict[str, str]:
    """Return which candidates are not tried at a size -> why, by what smaller sizes took."""
    skipped = {}
    for candidate in comparison.candidates:
        if candidate.slow and not effort.with_slow:
            skipped[candidate.name] = "too slow for `make bench-quick`"
        elif candidate.limit is not None and size > candidate.limit:
            skipped[candidate.name] = f"not tried beyond {candidate.limit:,} {comparison.unit}"
    for before, results in smaller[-1:]:
        growth = comparison.work(size) / comparison.work(before)
        for found in results:
            if found.why_not:
                skipped.setdefault(found.candidate.name, found.why_not)
            elif (expected := median(found.wall) * growth) > FIRST * effort.longest:
                skipped[found.candidate.name] = f"would take {expected:.0f} s or more"
    return skipped
