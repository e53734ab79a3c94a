import numpy as np
import pandas as pd
import pytest
from skimage.draw import disk

from nucleibench.prepare.store import create_arrays, finish_store, open_arrays


def pytest_collection_modifyitems(items):
    """Begin with files that run the workflow: at the end, one processor would wait for another."""
    files = {item.path for item in items if item.get_closest_marker("workflow")}
    items.sort(key=lambda item: item.path not in files)


@pytest.fixture(scope="session")
def drawn_tiles(tmp_path_factory):
    """A store of 24 tiles of 32 px with dark discs on a light ground; 8 of them validate."""
    folder = tmp_path_factory.mktemp("tiles")
    generator = np.random.default_rng(0)
    arrays = open_arrays(create_arrays(folder, 24, 32))
    for tile in range(24):
        labels = np.zeros((32, 32), np.uint16)
        for number in range(1, 4):
            labels[disk(generator.integers(4, 28, 2), 4, shape=labels.shape)] = number
        arrays["labels"][tile] = labels
        shade = np.where(labels > 0, 90, 210)[..., None]
        arrays["images"][tile] = shade + generator.integers(-20, 20, (32, 32, 3))
        arrays["weights"][tile] = 1 + (labels > 0)
    for array in arrays.values():
        array.flush()
    sheet = pd.DataFrame(
        {
            "image": [f"image{tile // 6}" for tile in range(24)],
            "top": 0,
            "left": range(24),
            "variant": 0,
            "split": ["train"] * 16 + ["validation"] * 8,
        }
    )
    finish_store(folder, sheet)
    return folder
