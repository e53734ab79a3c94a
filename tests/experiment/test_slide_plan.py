"""Slides of one's own, as the rules ask for them."""

import pytest
from configurations import ROOT
from small import plan

from nucleibench.errors import ConfigurationError

SHIPPED = "nucleibench/pretrained/compact_unet"


@pytest.fixture
def folder(tmp_path):
    for name in ("one.svs", "case/two.svs"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"slide")
    return tmp_path


def slides(folder, **settings):
    return plan({"slides": {"images": str(folder), **settings}}).slides


def test_an_experiment_has_no_slides_of_its_own():
    found = plan().slides
    assert (found.slides, found.summary, found.records, found.patients) == ({}, [], [], [])
    found.check_files()


def test_every_slide_has_its_files_and_a_row(folder):
    found = slides(folder)
    assert found.suffixes == [".geojson", ".csv", ".tif", ".png", ".json"]
    assert found.records == ["<results>/slides/case/two.json", "<results>/slides/one.json"]
    assert found.patients[0] == {"slide": "case/two", "patient": "case/two"}
    assert found.inputs("one")["slide"] == str(folder / "one.svs")
    assert found.inputs("one")["network"][0] == f"{ROOT / SHIPPED}/card.json"
    assert found.cacheable
    assert found.summary == ["<results>/slides/summary.csv"]
    assert slides(folder, outputs=["csv"]).suffixes == [".csv", ".json"]


def test_files_that_are_no_slides_are_told_with_the_table(folder):
    assert slides(folder).left_out == []
    (folder / "case" / "three.kfb").write_bytes(b"slide")
    assert slides(folder).left_out == ["passed over: 1 file (.kfb)"]


def test_a_slide_has_a_page_where_a_table_of_its_nuclei_is_written(folder):
    found = slides(folder)
    assert found.pages == ["<results>/slides/case/two.html", "<results>/slides/one.html"]
    assert found.page_inputs("one") == {
        "slide": str(folder / "one.svs"),
        "record": "<results>/slides/one.json",
        "nuclei": ["<results>/slides/one.geojson", "<results>/slides/one.csv"],
    }
    assert slides(folder, outputs=["geojson", "labels"]).pages == []


def test_a_sheet_gives_patients_and_pixel_sizes(folder):
    (folder / "cohort.csv").write_text("slide,patient,pixel_size\none.svs,P7,0.5\n")
    found = slides(folder / "cohort.csv")
    assert found.patients == [{"slide": "one", "patient": "P7"}]
    assert found.parameters("one")["options"] == {
        "tissue": "find",
        "turns": None,
        "pixel_size": 0.5,
    }


def test_a_job_changes_with_what_decides_its_results_alone(folder):
    def parameters(**settings):
        return slides(folder, **settings).parameters("one")

    before = parameters()
    assert parameters(threads=3, gpus=0) == before
    for settings in ({"turns": 2}, {"tissue": "all"}, {"outputs": ["csv"]}, {"network": "b"}):
        assert parameters(**settings) != before


def test_a_network_of_the_experiment_is_released_with_its_first_method(folder):
    own = slides(folder, network="a")
    assert own.inputs("one")["network"] == ["<results>/releases/a"]
    assert not own.cacheable
    given = {"networks": {"c": {"family": "unet", "encoder": "compact", "release": SHIPPED}}}
    found = plan(given, {"slides": {"images": str(folder), "network": "c"}}).slides
    assert found.inputs("one")["network"][0] == f"{ROOT / SHIPPED}/card.json"


def test_a_network_that_cannot_segment_slides_is_told(folder):
    unused = {"networks": {"c": {"family": "unet", "encoder": "compact"}}}
    with pytest.raises(ConfigurationError, match=r"slides.network: no method uses c alone"):
        plan(unused, {"slides": {"images": str(folder), "network": "c"}}).slides.check_files()
    with pytest.raises(ConfigurationError, match=r"slides.network: x is none of the networks"):
        slides(folder, network="x").check_files()
    for name in ("gb", "rcnn"):
        with pytest.raises(ConfigurationError, match=f"slides.network: {name} is"):
            slides(folder, network=name).check_files()
