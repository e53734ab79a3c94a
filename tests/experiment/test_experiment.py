"""What an experiment trains, compares and draws, and what is checked beside the files at hand."""

import pytest
from configurations import ROOT
from small import plan

from nucleibench.errors import ConfigurationError

RELEASE = ROOT / "nucleibench" / "pretrained" / "compact_unet"
RELEASED = f"""
    networks:
      b: {{release: {RELEASE}}}
      o: {{family: unet, encoder: compact, target: boundary, colors: original, release: {RELEASE}}}
      l:
        family: unet
        encoder: efficientnet_lite0
        target: boundary
        colors: original
        release: {RELEASE}
    methods:
      three: {{networks: [b, o, l], separation: boundary}}
    """


def test_compared_rows_keep_the_order_of_the_configuration():
    assert plan("compare: [both, otsu]").compared == ["both", "otsu"]


def test_what_compared_rows_need_is_trained_first_stages_first():
    assert plan().trained == ["a", "b", "gb", "rcnn"]
    assert plan("compare: [rcnn, gb]").trained == ["rcnn", "a", "gb"]
    assert plan("compare: [otsu]").trained == []


def test_of_a_first_stage_the_first_training_is_taken():
    found = plan("networks: {a: {seeds: [5, 6]}}\ncompare: [gb]")
    assert found.trained == ["a_seed_5", "gb"]
    assert found.networks.inputs("gb")["first_stage"] == ["<results>/tiles/stage_one/a_seed_5.npy"]


def test_validation_images_choose_for_each_compared_row_with_predictions():
    assert plan("compare: [otsu, both, b]").chosen == ["both", "b"]


def test_a_released_network_is_installed_and_not_trained():
    found = plan(RELEASED)
    assert found.networks.installable == ["b", "o", "l"]
    assert "b" not in found.networks.trainable
    assert "b" not in found.trained
    for network, file in {"b": "model.onnx", "o": "model_2.onnx", "l": "model_3.onnx"}.items():
        assert found.networks.release_files(network) == {
            "weights": f"{RELEASE}/{file}",
            "card": f"{RELEASE}/card.json",
        }


def test_the_setting_of_a_release_is_installed_where_a_row_has_all_of_it_and_separates_as_it_does():
    found = plan(
        RELEASED,
        """
        methods:
          other: {networks: [b, o, l]}
          part: {networks: [b, o], separation: boundary}
          reversed: {networks: [l, o, b], separation: boundary}
        """,
    )
    assert found.labels.installed == ["three", "reversed"]
    assert found.labels.released_setting("three") == f"{RELEASE}/threshold.json"
    assert found.labels.released_setting("other") is None
    assert found.labels.released_setting("part") is None
    assert {"b", "other", "part"} <= set(found.labels.chosen)


def test_the_setting_of_a_release_is_not_that_of_an_ensemble_with_others():
    changes = "{networks: {e: {family: unet, encoder: compact, target: boundary}},"
    changes += " methods: {c: {networks: [b, o, e], separation: boundary}}}"
    assert "c" in plan(RELEASED, changes).labels.chosen


def test_a_release_is_found_from_the_snakefile():
    found = plan("networks: {b: {release: nucleibench/pretrained/compact_unet}}")
    assert found.networks.release_files("b")["card"] == f"{RELEASE}/card.json"


@pytest.mark.parametrize("missing", ["model_2.onnx", "card.json", "threshold.json"])
def test_a_release_without_all_its_files_is_refused(tmp_path, monkeypatch, missing):
    for name in {"model_2.onnx", "card.json", "threshold.json"} - {missing}:
        (tmp_path / name).write_bytes((RELEASE / name).read_bytes())
    (tmp_path / "other.zip").touch()
    (tmp_path / "organs.csv").touch()
    monkeypatch.chdir(tmp_path)
    message = f"networks.b.release: there is no file {tmp_path}/{missing}; name the folder of a"
    with pytest.raises(ConfigurationError, match=message):
        plan(f"networks: {{b: {{colors: original, release: {tmp_path}}}}}").check(cached=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("target: nucleus", "a network with target boundary, but the configuration says target: n"),
        (
            "encoder: vgg16",
            "a network with encoder compact, but .* says encoder: vgg16, and a netw",
        ),
    ],
)
def test_a_release_without_the_network_that_is_named_is_refused(
    tmp_path, monkeypatch, change, message
):
    (tmp_path / "other.zip").touch()
    (tmp_path / "organs.csv").touch()
    monkeypatch.chdir(tmp_path)
    networks = f"networks: {{b: {{release: {RELEASE}, {change}}}}}"
    with pytest.raises(ConfigurationError, match=f"networks.b.release: {RELEASE} holds {message}"):
        plan(networks, "methods: {b: {separation: none}}").check(cached=False)


# Figures


def test_figure_1_shows_a_network_with_a_first_stage_and_that():
    assert plan().in_figure_1 == ["a", "gb"]
    assert plan("networks: {a: {seeds: [1, 2]}}").in_figure_1 == ["a_seed_1", "gb"]


def test_figure_1_shows_any_network_with_maps_where_none_has_a_first_stage():
    assert plan("compare: [rcnn, b, a]").in_figure_1 == ["b"]


@pytest.mark.parametrize("compared", ["[otsu]", "[rcnn]"])
def test_without_maps_there_is_no_figure_1(compared):
    found = plan(f"compare: {compared}")
    assert found.in_figure_1 == []
    assert found.figures == [2, 3]


def test_a_network_that_was_installed_is_not_shown():
    assert plan(RELEASED, "compare: [b]").in_figure_1 == []
    assert plan().figures == [1, 2, 3]


def test_a_table_of_comparisons_compares_what_is_named():
    assert plan().comparisons == {"reference": None, "compared": []}
    named = "comparisons: {reference: otsu, rows: [gb, a]}"
    assert plan(named).comparisons == {"reference": "otsu", "compared": ["gb", "a"]}
    seeds = plan("networks: {a: {seeds: [5, 6]}}\ncomparisons: {reference: a, rows: [a, gb]}")
    assert seeds.comparisons == {
        "reference": "a_seed_5",
        "compared": ["a_seed_5", "a_seed_6", "gb"],
    }


def test_figure_3_shows_the_methods_that_are_named_and_compared():
    assert plan("figure_3_methods: [both, imagej, otsu]").in_figure_3 == ["both", "otsu"]


@pytest.mark.parametrize("named", ["[]", "[imagej]"])
def test_figure_3_shows_the_first_five_where_none_is(named):
    found = plan(f"figure_3_methods: {named}")
    assert found.in_figure_3 == ["otsu", "a", "a_watershed", "b", "gb"]


def test_figure_3_shows_of_several_seeds_the_first():
    found = plan("networks: {a: {seeds: [5, 6]}}\nfigure_3_methods: [a, otsu]")
    assert found.in_figure_3 == ["a_seed_5", "otsu"]


# Names


def test_titles_of_rows():
    assert list(plan().titles(["gb", "otsu"])) == ["gb", "otsu"]
    assert plan().titles(["otsu"])["otsu"]["name"] == "Otsu"


def test_repeated_methods_and_the_networks_of_figure_1_are_named():
    found = plan("networks: {a: {seeds: [1, 2]}}\nmethods: {gb: {name: GB U-Net}}")
    assert found.names_of_repeated == {"a": "U-Net A", "a_watershed": "a_watershed"}
    assert found.names_in_figure_1 == {"a_seed_1": "U-Net A, seed 1", "gb": "GB U-Net"}


def test_a_network_of_figure_1_without_a_row_of_its_own_has_no_name():
    assert plan("methods: {a: null, a_watershed: null}\ncompare: [gb]").names_in_figure_1 == {
        "gb": "gb"
    }


# Environments


def test_environments():
    found = plan()
    assert found.environment("report") == f"{ROOT}/envs/report.yaml"
    assert found.networks.environment("a") == f"{ROOT}/envs/tensorflow_gpu.yaml"
    assert found.labels.environment("a") == f"{ROOT}/envs/data.yaml"
    assert found.labels.environment("imagej") == f"{ROOT}/envs/imagej.yaml"
    cpu = plan("tensorflow_environment: cpu")
    assert cpu.networks.environment("rcnn") == f"{ROOT}/envs/tensorflow_cpu.yaml"


def test_a_family_can_have_an_environment_of_its_own():
    assert plan().environment("/somewhere/mine.yaml") == "/somewhere/mine.yaml"
    assert plan().environment("/somewhere/mine.yml") == "/somewhere/mine.yml"


def test_every_environment_that_is_named_is_there():
    found = plan()
    for row in found.labels.rows:
        assert (ROOT / found.labels.environment(row)).is_file()
    for training in found.networks.trainings:
        assert (ROOT / found.networks.environment(training)).is_file()
