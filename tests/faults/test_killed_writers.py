"""Writers that are killed at random moments: what was there or what is new stands whole."""

import json
import random
import time
from collections.abc import Callable
from itertools import count, cycle
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nucleibench.errors import DataError
from nucleibench.files import copy_file, write_json
from nucleibench.images.labels import write_labels
from nucleibench.images.rgb import write_rgb
from nucleibench.prepare.store import create_arrays, finish_store, open_arrays, open_store

KILLS = 25
TILES = 40
SIZE = 64
Write = Callable[[Path, int], None]


def noise(version: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(version).integers(0, 255, shape, dtype=np.uint8)


def copied(path: Path, version: int) -> None:
    copy_file(path.with_name(f"source{version}"), path)


def plainly_written(path: Path, version: int) -> None:
    """Write as no writer may: in place."""
    path.write_bytes(path.with_name(f"source{version}").read_bytes())


WRITERS: dict[str, Write] = {
    "values.json": lambda path, version: write_json(path, noise(version, 20_000).tolist()),
    "copy.bin": copied,
    "labels.tif": lambda path, version: write_labels(path, noise(version, 400, 400)),
    "image.png": lambda path, version: write_rgb(path, noise(version, 200, 200, 3)),
}


def write_without_end(write: Write, path: Path) -> None:
    for version in cycle((0, 1)):
        write(path, version)


def kill_soon(work: Callable[..., None], *arguments: object, seconds: float) -> None:
    """Start work in a process of its own and kill it (SIGKILL) after these seconds."""
    process = get_context("fork").Process(target=work, args=arguments)
    process.start()
    time.sleep(seconds)
    process.kill()
    process.join()


def duration(work: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def versions(write: Write, path: Path) -> tuple[set[bytes], float]:
    """Return the two contents that a file may have, and the seconds of a write."""
    for version in (0, 1):
        path.with_name(f"source{version}").write_bytes(noise(version, 4_000_000).tobytes())
    found = set()
    for version in (0, 1):
        seconds = duration(write, path, version)
        found.add(path.read_bytes())
    assert len(found) == 2
    return found, seconds


@pytest.mark.parametrize("name", WRITERS)
def test_a_killed_writer_leaves_one_version_whole(name, tmp_path):
    path, moments = tmp_path / name, random.Random(0)
    whole, seconds = versions(WRITERS[name], path)
    for _ in range(KILLS):
        moment = moments.uniform(0, 4 * seconds)
        kill_soon(write_without_end, WRITERS[name], path, seconds=moment)
        assert path.read_bytes() in whole


def test_writing_in_place_would_be_noticed(tmp_path):
    path, moments = tmp_path / "plain.bin", random.Random(0)
    whole, seconds = versions(plainly_written, path)
    for attempt in count():
        kill_soon(write_without_end, plainly_written, path, seconds=moments.uniform(0, 4 * seconds))
        if path.read_bytes() not in whole:
            return
        assert attempt < 200, "no kill was in the middle of a write"


def write_store(folder: Path) -> None:
    site = create_arrays(folder, TILES, SIZE)
    for array in open_arrays(site).values():
        array[:] = 1
        array.flush()
    finish_store(folder, pd.DataFrame({"split": ["train"] * TILES}))


def is_whole(folder: Path) -> bool:
    """Tell whether a store is complete; where it is not, opening it must be refused."""
    try:
        store = open_store(folder)
    except DataError:
        return False
    assert all((a == 1).all() for a in (store.images, store.labels, store.weights))
    digests = json.loads((folder / "digests.json").read_text())
    assert len(store.sheet) == TILES
    assert set(digests) == {"images", "labels", "weights"}
    return True


def test_a_killed_store_of_tiles_is_whole_or_refused(tmp_path):
    moments = random.Random(0)
    seconds = duration(write_store, tmp_path / "first")
    assert is_whole(tmp_path / "first")
    found = []
    for number in range(KILLS):
        folder = tmp_path / str(number)
        kill_soon(write_store, folder, seconds=moments.uniform(0, 2 * seconds))
        found.append(is_whole(folder))
        write_store(folder)  # the next run works over what the killed one left
        assert is_whole(folder)
    assert not all(found), "no kill was early enough"
