import numpy as np
import pytest
from drawn_stains import draw_tissue

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import write_rgb
from nucleibench.stain.engines import ENGINES
from nucleibench.stain.reference import (
    fit_reference,
    load_reference,
    normalize_image,
    read_reference,
    write_reference,
)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_saved_reference_normalizes_as_the_fitted_one(tmp_path, engine):
    reference = fit_reference(draw_tissue(0), engine)
    write_reference(tmp_path / "target.json", reference)
    assert read_reference(tmp_path / "target.json") == reference


def test_settings_are_saved_whole(tmp_path):
    reference = fit_reference(draw_tissue(0), "vahadane", luminosity_threshold=0.7)
    write_reference(tmp_path / "target.json", reference)
    assert read_reference(tmp_path / "target.json").settings == {
        "luminosity_threshold": 0.7,
        "dictionary_regularizer": 0.1,
        "concentration_regularizer": 0.01,
        "percentile": 99,
    }


def test_an_image_file_and_what_was_saved_of_it_are_the_same_reference(tmp_path):
    image, saved = tmp_path / "mine.png", tmp_path / "target.json"
    write_rgb(image, draw_tissue(0))
    reference = load_reference(image, "macenko")
    assert reference == fit_reference(draw_tissue(0), "macenko")
    write_reference(saved, reference)
    assert load_reference(saved, "macenko") == reference


def test_a_saved_reference_of_another_engine_is_refused(tmp_path):
    write_reference(tmp_path / "target.json", fit_reference(draw_tissue(0), "reinhard"))
    with pytest.raises(ConfigurationError, match=r"'reinhard', but the configuration has 'vahad"):
        load_reference(tmp_path / "target.json", "vahadane")


def test_settings_change_the_result():
    image = draw_tissue(5)
    pictures = [
        normalize_image(image, fit_reference(draw_tissue(0), "vahadane", **settings))[0]
        for settings in ({}, {"percentile": 90})
    ]
    assert (pictures[0] != pictures[1]).any()


def test_a_reference_without_tissue_is_refused():
    white = np.full((64, 64, 3), 255, np.uint8)
    with pytest.raises(DataError, match=r"cannot be used \(no_tissue, 0.0% tissue\); choose"):
        fit_reference(white, "vahadane")


def test_unknown_engine_lists_the_known_ones():
    with pytest.raises(ConfigurationError, match=r"no stain engine 'vahadan'; .*vahadane, "):
        fit_reference(draw_tissue(0), "vahadan")


@pytest.mark.parametrize(
    ("engine", "known"),
    [("reinhard", "luminosity_threshold"), ("vahadane_staintools", "none")],
)
def test_unknown_setting_lists_the_known_ones(engine, known):
    with pytest.raises(ConfigurationError, match=rf"no setting luminosity; it has {known}$"):
        fit_reference(draw_tissue(0), engine, luminosity=0.7)


@pytest.mark.parametrize("text", ["{}", '{"format": 2}', "[]", "not json"])
def test_another_file_is_no_reference(tmp_path, text):
    path = tmp_path / "target.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"target.json: not a stain reference \(.*\); fit it again"):
        read_reference(path)
