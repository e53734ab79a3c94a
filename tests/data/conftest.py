import os
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from drawn_members import encode, square

from nucleibench.data.aperio import encode_regions
from nucleibench.data.synthetic import write_synthetic_archive


@pytest.fixture
def monuseg_members():
    """Members of a small MoNuSeg archive: a liver and a breast image of 20 x 30 with two nuclei."""
    random = np.random.default_rng(1)
    members = {}
    for image in ("SYN-LIVER-01", "SYN-BREAST-01"):
        pixels = random.integers(150, 256, (20, 30, 3), np.uint8)
        pixels[3:8, 2:7] //= 2
        pixels[5:12, 15:22] //= 2
        members[f"Tissue Images/{image}.tif"] = encode(".tif", pixels)
        members[f"Annotations/{image}.xml"] = encode_regions([square(2, 3, 4), square(15, 5, 6)])
    return members


@pytest.fixture
def tnbc_members():
    """Members of a small TNBC archive: two slides of 20 x 30 with two nuclei each."""
    random = np.random.default_rng(2)
    members = {}
    for slide in ("01", "02"):
        mask = np.zeros((20, 30), np.uint8)
        mask[2:5, 3:9] = mask[10:15, 20:28] = 255
        pixels = random.integers(150, 256, (20, 30, 4), np.uint8)
        pixels[mask > 0] //= 2
        pixels[..., 3] = 255
        members[f"TNBC/Slide_{slide}/{slide}_1.png"] = encode(".png", pixels)
        members[f"TNBC/GT_{slide}/{slide}_1.png"] = encode(".png", mask)
    return members


@pytest.fixture
def make_archive(tmp_path):
    def make(members, name="archive.zip"):
        with ZipFile(tmp_path / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return tmp_path / name

    return make


@pytest.fixture(scope="session")
def synthetic_archives(tmp_path_factory):
    """Synthetic archives of 128 px images by (format, part)."""
    folder = tmp_path_factory.mktemp("synthetic")
    archives = {}
    for format, part, images in (
        ("monuseg", "train", 5),
        ("monuseg", "test", 2),
        ("tnbc", "all", 3),
        ("consep", "train", 2),
        ("folder", "all", 3),
    ):
        archives[format, part] = folder / f"{format}_{part}.zip"
        write_synthetic_archive(format, archives[format, part], part, 7, images, 128)
    return archives


@pytest.fixture(scope="session")
def real_data():
    folder = os.environ.get("NUCLEIBENCH_REAL_DATA")
    if not folder:
        pytest.skip("NUCLEIBENCH_REAL_DATA does not name the folder of the real archives")
    return Path(folder)
