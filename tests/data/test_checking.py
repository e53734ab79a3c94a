"""A look at a dataset before it is used."""

import numpy as np
import pytest
from drawn_folder import folder_dataset, members, picture, two_images
from drawn_members import encode

from nucleibench.data.checking import check_dataset
from nucleibench.data.sample_pictures import OUTLINE, draw_samples
from nucleibench.data.settings import Dataset
from nucleibench.errors import ConfigurationError, DataError


def dataset(format, archive, **others):
    return Dataset.read({"format": format, "archives": {"all": {"path": str(archive)}}, **others})


def test_summary_of_a_sound_dataset(synthetic_archives):
    summary = check_dataset("toy", dataset("monuseg", synthetic_archives["monuseg", "train"]))
    assert summary.count("organ") == dict.fromkeys(
        ["liver", "kidney", "prostate", "breast", "colon"], 1
    )
    assert summary.count("split") == {"by organ": 5}
    assert (summary.notes, summary.faults) == ({}, {})
    assert summary.nuclei == sum(row.nuclei for row in summary.rows) > 50
    head, *lines = summary.lines()
    assert head == f"toy: 5 images of 5 patients, {summary.nuclei} nuclei"
    assert "  pixel sizes (um): 0.25 (5)" in lines
    assert "  sizes (px): 128 x 128 (5)" in lines


def test_splits_by_a_test_organ(synthetic_archives):
    toy = dataset("monuseg", synthetic_archives["monuseg", "train"])
    assert check_dataset("toy", toy, "liver").count("split") == {"train": 4, "test": 1}
    with pytest.raises(ConfigurationError, match="'lung' is not among the organs of toy"):
        check_dataset("toy", toy, "lung")


def test_what_is_odd_or_damaged_is_said_by_image(make_archive):
    broken = two_images(
        "image,patient\na,1\nb,1\nc,2\n",
        **{"images/c.png": picture(2), "images/b.png": picture()[:99]},
    )
    empty = {"labels/c.png": encode(".png", np.zeros((40, 50), np.uint8))}
    summary = check_dataset("mine", folder_dataset(make_archive(broken | empty)))
    assert [row.image for row in summary.rows] == ["a", "c"]
    assert "images/b.png: not a readable image" in summary.faults["b"]
    assert summary.notes["c"][-1] == "has no nuclei"
    text = "\n".join(summary.lines())
    assert "  cannot be read: b: " in text
    assert "  odd: c: has no nuclei" in text


def test_what_is_missing_is_said_of_the_dataset(make_archive):
    archive = make_archive(members(**{"images/b.png": picture(1)}))
    summary = check_dataset("mine", folder_dataset(archive))
    assert "no annotation for b; left out" in summary.notes[""][0]
    assert f"  odd: {summary.notes[''][0]}" in summary.lines()


def test_result_does_not_depend_on_workers(synthetic_archives):
    toy = dataset("tnbc", synthetic_archives["tnbc", "all"])
    assert check_dataset("toy", toy, workers=1) == check_dataset("toy", toy, workers=2)


def test_only_local_archives_are_checked():
    remote = Dataset.read({"format": "tnbc", "archives": {"all": {"url": "https://host/a.zip"}}})
    for look in (check_dataset, draw_samples):
        with pytest.raises(DataError, match="slides: all is not local; give the path"):
            look("slides", remote)


@pytest.mark.parametrize(("images", "shape"), [(2, (124, 200, 3)), (6, (124, 300, 3))])
def test_picture_shows_outlines_of_a_few_images(synthetic_archives, images, shape):
    toy = dataset("tnbc", synthetic_archives["tnbc", "all"])
    picture = draw_samples("toy", toy, images=images, side=100)
    assert picture.shape == shape
    assert picture.dtype == np.uint8
    outlines = (picture == OUTLINE).all(axis=2)
    assert all(outlines[:, left : left + 100].sum() > 100 for left in range(0, shape[1], 100))


def test_picture_of_many_images_has_rows(synthetic_archives):
    toy = dataset("monuseg", synthetic_archives["monuseg", "train"])
    assert draw_samples("toy", toy, side=100).shape == (248, 300, 3)
    # An image that is smaller than its place stands in white.
    assert (draw_samples("toy", toy, images=1, side=200)[-60:] == 255).all()


def test_another_scale_than_that_of_the_networks_is_said(synthetic_archives):
    told = check_dataset("toy", dataset("consep", synthetic_archives["consep", "train"])).notes[""]
    assert "2 images of 2 have pixels of 0.275 micrometres" in told[0]
    same = dataset("folder", synthetic_archives["folder", "all"], pixel_size=0.252)
    assert "" not in check_dataset("toy", same).notes
