from functools import partial

import numpy as np
import pytest
import spams
import staintools
from drawn_stains import draw_concentrations, draw_hard_images, draw_tissue, stain

from nucleibench.stain.engines import ENGINES
from nucleibench.stain.findings import StainFindings
from nucleibench.stain.reference import fit_reference, normalize_image, normalize_together
from nucleibench.stain.unmixing_engines import Vahadane

HARD_IMAGES = draw_hard_images()
OTHER_STAINS = np.array([[0.65, 0.68, 0.34], [0.40, 0.80, 0.45]])


@pytest.fixture(scope="module", params=ENGINES)
def reference(request):
    return fit_reference(draw_tissue(0), request.param)


@pytest.fixture(scope="module")
def vahadane_reference():
    return fit_reference(draw_tissue(0), "vahadane")


# Every picture takes this engine a second, so that it sees a few only.
SLOW_ENGINE, ITS_IMAGES = "vahadane_staintools", {"white", "one color", "green pen", "noise"}


@pytest.mark.parametrize("name", HARD_IMAGES)
def test_hard_images_come_back_whole(reference, name):
    if reference.engine == SLOW_ENGINE and name not in ITS_IMAGES:
        return
    image = HARD_IMAGES[name]
    before = image.copy()
    with np.errstate(all="raise", under="ignore"):
        result, findings = normalize_image(image, reference)
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(image, before)
    if not findings.usable:
        np.testing.assert_array_equal(result, image)
    numbers = [value for value in findings.row().values() if isinstance(value, float)]
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
def test_the_findings_say_what_is_wrong(vahadane_reference, name, flag):
    _, findings = normalize_image(HARD_IMAGES[name], vahadane_reference)
    assert findings.flag == flag


def test_black_border_changes_nothing_else(vahadane_reference):
    tissue, bordered = draw_tissue(7), HARD_IMAGES["black border"]
    rows = int(0.1 * len(tissue))
    result, findings = normalize_image(bordered, vahadane_reference)
    expected, _ = normalize_image(tissue[rows:], vahadane_reference)
    np.testing.assert_array_equal(result[rows:], expected)
    assert findings.black_fraction == pytest.approx(rows / len(tissue))


def test_fields_of_a_slide_are_measured_as_the_slide(reference):
    if reference.engine == SLOW_ENGINE:
        return  # which learns by the clock, so that no two runs are the same
    slide = draw_tissue(7)
    whole, of_whole = normalize_image(slide, reference)
    fields = np.split(slide, [20], axis=0)
    parts, of_parts = normalize_together([fields[1], fields[0]], reference)
    assert [part.shape for part in parts] == [fields[1].shape, fields[0].shape]
    # Sums over pixels in another order differ in their last bits, which may round to the next grey.
    apart = np.abs(np.concatenate([parts[1], parts[0]]).astype(int) - whole)
    assert apart.max() <= 1
    assert apart.mean() < 0.01
    assert of_parts.tissue_fraction == of_whole.tissue_fraction


def test_the_reference_is_hardly_changed_by_itself(reference):
    image = draw_tissue(0)
    result, findings = normalize_image(image, reference)
    difference = np.abs(result.astype(int) - image)
    assert findings.flag == "ok"
    assert difference.mean() < 3


def test_other_stains_are_brought_to_those_of_the_reference(vahadane_reference):
    expected = draw_tissue(0).mean(axis=(0, 1))
    image = stain(draw_concentrations(0), OTHER_STAINS)
    result, _ = normalize_image(image, vahadane_reference)
    before = np.abs(image.mean(axis=(0, 1)) - expected).max()
    after = np.abs(result.mean(axis=(0, 1)) - expected).max()
    assert before > 10
    assert after < 3


def test_everything_but_the_stain_vectors_is_staintools(vahadane_reference):
    """With the same stain vectors staintools makes the same picture."""

    class Extractor:
        get_stain_matrix = staticmethod(lambda image: Vahadane().fit(image)[1].stain_matrix)

    normalizer = staintools.StainNormalizer("vahadane")
    normalizer.extractor = Extractor
    normalizer.fit(draw_tissue(0))
    image = draw_tissue(5)
    theirs = normalizer.transform(image.copy()).astype(int)
    ours, _ = normalize_image(image, vahadane_reference)
    assert np.abs(ours - theirs).max() <= 1
    assert (ours != theirs).mean() < 1e-3


def test_repeated_runs_give_the_same_bits(vahadane_reference):
    image = draw_tissue(5)
    again = fit_reference(draw_tissue(0), "vahadane")
    assert again == vahadane_reference
    np.testing.assert_array_equal(
        normalize_image(image, vahadane_reference)[0], normalize_image(image, again)[0]
    )


def test_staintools_is_close_to_the_own_engine(vahadane_reference, monkeypatch):
    """staintools learns for a second; here for so many iterations, whatever the machine's load."""
    monkeypatch.setattr(spams, "trainDL", partial(spams.trainDL, iter=300))
    their_reference = fit_reference(draw_tissue(0), "vahadane_staintools")
    image = draw_tissue(5)
    ours, _ = normalize_image(image, vahadane_reference)
    theirs, _ = normalize_image(image, their_reference)
    assert np.abs(ours.astype(int) - theirs).mean() < 1


def test_none_changes_nothing_and_finds_tissue():
    image = draw_tissue(5)
    result, findings = normalize_image(image, fit_reference(image, "none"))
    np.testing.assert_array_equal(result, image)
    assert findings.flag == "ok"
    assert 0.5 < findings.tissue_fraction <= 1


def test_a_row_of_findings_has_the_same_columns_whatever_happened(vahadane_reference):
    rows = [
        normalize_image(image, vahadane_reference)[1].row()
        for image in (draw_tissue(5), HARD_IMAGES["white"])
    ]
    assert rows[0].keys() == rows[1].keys()
    assert rows[1]["hematoxylin_red"] is None
    assert isinstance(StainFindings("x", "ok", 1.0, 0.0).row(), dict)
