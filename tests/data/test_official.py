import re

import numpy as np
import pytest

from nucleibench.data.official import (
    known_digests,
    load_organs,
    official_organs,
    organ_of,
    pixel_digest,
)
from nucleibench.errors import DataError


def write(path, text):
    path.write_text(text)
    return path


def test_every_official_image_has_organ_and_digest():
    organs, digests = load_organs(None), known_digests()
    assert len(digests) == 44
    assert {organs[image] for image in digests} == {
        "bladder", "brain", "breast", "colon", "kidney", "liver", "lung", "prostate", "stomach"
    }  # fmt: skip
    assert sum(organs[image] == "breast" for image in digests) == 8
    assert official_organs() == {image: organs[image] for image in digests}
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests.values())


def test_synthetic_images_have_their_organ_in_the_name():
    assert organ_of("SYN-LUNG-07", load_organs(None)) == "lung"


def test_own_table_comes_first(tmp_path):
    table = write(tmp_path / "own.csv", "image,organ\nMINE,Spleen \nSYN-LUNG-*,thymus\n")
    organs = load_organs(table)
    assert organ_of("MINE", organs) == "spleen"
    assert organ_of("SYN-LUNG-07", organs) == "thymus"
    assert organ_of("SYN-LIVER-01", organs) == "liver"


def test_unknown_image_says_how_to_add_it():
    with pytest.raises(DataError, match=r"NEW-1: its organ is not known.*`organs`.*`NEW-1,liver`"):
        organ_of("NEW-1", load_organs(None))


@pytest.mark.parametrize("text", ["name,organ\na,b\n", "image,organ\nonly one\n"])
def test_table_without_its_columns_is_refused(tmp_path, text):
    with pytest.raises(DataError, match=r"own\.csv: needs the columns image and organ"):
        load_organs(write(tmp_path / "own.csv", text))


def test_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: cannot be read"):
        load_organs(tmp_path / "none.csv")


def test_digest_does_not_depend_on_memory_layout():
    image = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    assert pixel_digest(np.asfortranarray(image)) == pixel_digest(image)
    assert pixel_digest(image[::-1]) != pixel_digest(image)
