from functools import partial

import numpy as np
import pytest
import spams
import staintools
from drawn_stains import draw_concentrations, draw_hard_images, draw_tissue, stain

from nucleibench.stain.engines import ENGINES, Vahadane
from nucleibench.stain.report import StainReport
from nucleibench.stain.target import fit_target, normalize_image, normalize_together

HARD_IMAGES = draw_hard_images()
OTHER_STAINS = np.array([[0.65, 0.68, 0.34], [0.40, 0.80, 0.45]])


@pytest.fixture(scope="module", params=ENGINES)
def target(request):
    return fit_target(draw_tissue(0), request.param)


@pytest.fixture(scope="module")
def vahadane_target():
    return fit_target(draw_tissue(0), "vahadane")


# Every picture takes this engine a second, so that it sees a few only.
SLOW_ENGINE, ITS_IMAGES = "vahadane_staintools", {"white", "one color", "green pen", "noise"}


@pytest.mark.parametrize("name", HARD_IMAGES)
def test_hard_images_come_back_whole(target, name):
    if target.engine == SLOW_ENGINE and name not in ITS_IMAGES:
        return
    image = HARD_IMAGES[name]
    before = image.copy()
    with np.errstate(all="raise", under="ignore"):
        result, report = normalize_image(image, target)
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(image, before)
    if not report.usable:
        np.testing.assert_array_equal(result, image)
    numbers = [value for value in report.row().values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("white", "no_tissue"),
        ("black", "no_tissue"),
        ("one pixel", "no_tissue"),
        ("nearly no tissue", "no_tissue"),
        ("one color", "single_stain"),
        ("hematoxylin alone", "single_stain"),
        ("eosin alone", "single_stain"),
        ("grey ramp", "single_stain"),
        ("blue pen", "unusual_stains"),
        ("green pen", "unusual_stains"),
        ("noise", "unusual_stains"),
        ("black border", "ok"),
        ("negative density", "ok"),
    ],
)
def test_the_report_says_what_is_wrong(vahadane_target, name, flag):
    _, report = normalize_image(HARD_IMAGES[name], vahadane_target)
    assert report.flag == flag


def test_black_border_changes_nothing_else(vahadane_target):
    tissue, bordered = draw_tissue(7), HARD_IMAGES["black border"]
    rows = int(0.1 * len(tissue))
    result, report = normalize_image(bordered, vahadane_target)
    expected, _ = normalize_image(tissue[rows:], vahadane_target)
    np.testing.assert_array_equal(result[rows:], expected)
    assert report.black_fraction == pytest.approx(rows / len(tissue))


def test_fields_of_a_slide_are_measured_as_the_slide(target):
    if target.engine == SLOW_ENGINE:
        return  # which learns by the clock, so that no two runs are the same
    slide = draw_tissue(7)
    whole, of_whole = normalize_image(slide, target)
    fields = np.split(slide, [20], axis=0)
    parts, of_parts = normalize_together([fields[1], fields[0]], target)
    assert [part.shape for part in parts] == [fields[1].shape, fields[0].shape]
    # Sums over pixels in another order differ in their last bits, which may round to the next grey.
    apart = np.abs(np.concatenate([parts[1], parts[0]]).astype(int) - whole)
    assert apart.max() <= 1
    assert apart.mean() < 0.01
    assert of_parts.tissue_fraction == of_whole.tissue_fraction


def test_target_is_hardly_changed_by_itself(target):
    image = draw_tissue(0)
    result, report = normalize_image(image, target)
    difference = np.abs(result.astype(int) - image)
    assert report.flag == "ok"
    assert difference.mean() < 3


def test_other_stains_are_brought_to_those_of_the_target(vahadane_target):
    expected = draw_tissue(0).mean(axis=(0, 1))
    image = stain(draw_concentrations(0), OTHER_STAINS)
    result, _ = normalize_image(image, vahadane_target)
    before = np.abs(image.mean(axis=(0, 1)) - expected).max()
    after = np.abs(result.mean(axis=(0, 1)) - expected).max()
    assert before > 10
    assert after < 3


def test_everything_but_the_stain_vectors_is_staintools(vahadane_target):
    """With the same stain vectors staintools makes the same picture."""

    class Extractor:
        get_stain_matrix = staticmethod(lambda image: Vahadane().fit(image)[1].stain_matrix)

    normalizer = staintools.StainNormalizer("vahadane")
    normalizer.extractor = Extractor
    normalizer.fit(draw_tissue(0))
    image = draw_tissue(5)
    theirs = normalizer.transform(image.copy()).astype(int)
    ours, _ = normalize_image(image, vahadane_target)
    assert np.abs(ours - theirs).max() <= 1
    assert (ours != theirs).mean() < 1e-3


def test_repeated_runs_give_the_same_bits(vahadane_target):
    image = draw_tissue(5)
    again = fit_target(draw_tissue(0), "vahadane")
    assert again == vahadane_target
    np.testing.assert_array_equal(
        normalize_image(image, vahadane_target)[0], normalize_image(image, again)[0]
    )


def test_reference_is_close_to_the_own_engine(vahadane_target, monkeypatch):
    """staintools learns for a second; here for so many iterations, whatever the machine's load."""
    monkeypatch.setattr(spams, "trainDL", partial(spams.trainDL, iter=300))
    reference = fit_target(draw_tissue(0), "vahadane_staintools")
    image = draw_tissue(5)
    ours, _ = normalize_image(image, vahadane_target)
    theirs, _ = normalize_image(image, reference)
    assert np.abs(ours.astype(int) - theirs).mean() < 1


def test_none_changes_nothing_and_reports_tissue():
    image = draw_tissue(5)
    result, report = normalize_image(image, fit_target(image, "none"))
    np.testing.assert_array_equal(result, image)
    assert report.flag == "ok"
    assert 0.5 < report.tissue_fraction <= 1


def test_report_row_has_the_same_columns_whatever_happened(vahadane_target):
    rows = [
        normalize_image(image, vahadane_target)[1].row()
        for image in (draw_tissue(5), HARD_IMAGES["white"])
    ]
    assert rows[0].keys() == rows[1].keys()
    assert rows[1]["hematoxylin_red"] is None
    assert isinstance(StainReport("x", "ok", 1.0, 0.0).row(), dict)
