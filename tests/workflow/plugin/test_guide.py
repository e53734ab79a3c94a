"""docs/extend.md does what it says: its lines are applied to a copy of the library, and used."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from guide import ROOT, read_blocks, read_configuration_of

PROJECT = Path(__file__).parent / "nucleibench-dots"


def test_the_guide_shows_the_files_of_the_package():
    shown = {block.path: block.text for block in read_blocks("A method family") if block.path}
    files = {
        str(path.relative_to(PROJECT)): path.read_text()
        for path in PROJECT.rglob("*")
        if path.suffix in (".py", ".toml")
    }
    assert shown == files


class Copy:
    """A copy of the library with the lines of one section of the guide."""

    def __init__(self, folder: Path, heading: str) -> None:
        ignored = shutil.ignore_patterns("__pycache__", "pretrained")
        shutil.copytree(ROOT / "nucleibench", folder / "nucleibench", ignore=ignored)
        self.folder, self.heading = folder, heading
        self.blocks = [block for block in read_blocks(heading) if block.path]
        for block in self.blocks:
            block.apply(folder)

    @property
    def touched(self) -> list[str]:
        return sorted({block.path for block in self.blocks})

    def run(self, code: str) -> None:
        """Run Python in the copy."""
        mine = f"import nucleibench\nassert {str(self.folder)!r} in nucleibench.__file__\n"
        result = subprocess.run(
            [sys.executable, "-c", mine + code],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "CUDA_VISIBLE_DEVICES": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert result.returncode == 0, result.stdout

    def read_configuration(self) -> str:
        """Return code that reads what the guide shows, laid over config.yaml."""
        changes = self.folder / "mine.yaml"
        changes.write_text(yaml.safe_dump(read_configuration_of(self.heading)))
        return textwrap.dedent(f"""
            from nucleibench.experiment.__main__ import lay_over
            from nucleibench.experiment.reading import read_configuration
            from nucleibench.experiment.yaml_files import read_yaml
            from nucleibench.families.registry import find_families
            config = lay_over(read_yaml({str(ROOT / "config.yaml")!r}), read_yaml("mine.yaml"))
            configuration = read_configuration(config, find_families())
        """)

    def check_style(self) -> None:
        for command in (["check"], ["format", "--check"]):
            ruff = [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--config",
                str(ROOT / "pyproject.toml"),
            ]
            subprocess.run([*ruff, *self.touched], cwd=self.folder, check=True)


HEADINGS = [
    "A classical algorithm",
    "A separation",
    "An encoder",
    "A dataset format",
    "A column of Table 2",
]


@pytest.fixture
def copy(tmp_path, request):
    return Copy(tmp_path, request.param)


@pytest.mark.parametrize("copy", HEADINGS, indirect=True, ids=str)
def test_two_files_do_and_are_in_style(copy):
    assert len(copy.touched) == 2
    copy.check_style()


@pytest.mark.parametrize("copy", ["A classical algorithm"], indirect=True)
def test_a_classical_algorithm(copy):
    copy.run(
        copy.read_configuration()
        + textwrap.dedent("""
            from nucleibench.data.synthetic import draw_image
            from nucleibench.evaluate.scores import score_image
            method = configuration.methods["multi_otsu"]
            image, tissue = draw_image("breast", "a", 0, 256)
            labels = method.settings(image)
            assert labels.dtype == "int32" and labels.max() > 5
            assert score_image(tissue.labels, labels)["dice"] > 0.5
        """)
    )


@pytest.mark.parametrize("copy", ["A separation"], indirect=True)
def test_a_separation(copy):
    copy.run(
        copy.read_configuration()
        + textwrap.dedent("""
            import numpy as np
            from skimage.draw import disk
            from nucleibench.families.unet.label import list_candidates
            from nucleibench.labelling.instances import label_nuclei
            method = configuration.methods["unet_vgg16_erosion"]
            setting = list_candidates(method, configuration.candidates)[0]
            maps = np.zeros((100, 100), np.float32)
            for centre, radius in (((40, 26), 10), ((40, 45), 10), ((85, 85), 4)):
                maps[disk(centre, radius)] = 1
            labels = label_nuclei(maps, setting)
            assert labels.max() == 3
            assert (labels > 0).sum() == maps.sum()
            assert labels[40, 26] != labels[40, 45]
        """)
    )


@pytest.mark.parametrize("copy", ["An encoder"], indirect=True)
def test_an_encoder(copy):
    copy.run(
        copy.read_configuration()
        + textwrap.dedent("""
            import numpy as np
            from nucleibench.families.unet.network import build_network
            network = build_network(configuration.networks["unet_mobilenet"])
            maps = network.predict(np.zeros((1, 64, 96, 3), np.uint8), verbose=0)
            assert maps.shape == (1, 64, 96, 2)
            np.testing.assert_allclose(maps.sum(-1), 1, atol=1e-5)
            frozen = build_network(configuration.networks["unet_mobilenet"].model_copy(
                update={"freeze_encoder": True}))
            assert 0 < len(frozen.trainable_weights) < len(network.trainable_weights)
        """)
    )


@pytest.mark.parametrize("copy", ["A dataset format"], indirect=True)
def test_a_dataset_format(copy):
    copy.run(
        copy.read_configuration()
        + textwrap.dedent("""
            from pathlib import Path
            import cv2
            from nucleibench.data.importing import import_dataset
            from nucleibench.data.sheets import read_sheet
            from nucleibench.data.synthetic import draw_image
            from nucleibench.images import read_labels, write_rgb
            Path("mine/labels").mkdir(parents=True)
            Path("mine/organs.csv").write_text("image,organ\\na,liver\\nb,breast\\n")
            drawn = {}
            for name, organ in (("a", "liver"), ("b", "breast")):
                image, tissue = draw_image(organ, name, 0, 64)
                write_rgb(f"mine/images/{name}.png", image)
                cv2.imwrite(f"mine/labels/{name}.png", 3 * tissue.labels.astype("uint16"))
                drawn[name] = tissue.labels
            dataset = configuration.datasets["mine"]
            import_dataset("mine", dataset, {"all": "mine"}, "out", "breast", None, workers=1)
            sheet = read_sheet("out/images.csv").set_index("image")
            assert sheet["split"].to_dict() == {"a": "train", "b": "test"}
            assert sheet["organ"].to_dict() == {"a": "liver", "b": "breast"}
            for name, labels in drawn.items():
                assert sheet.loc[name, "nuclei"] == labels.max() > 0
                assert (read_labels(f"out/labels/{name}.tif") == labels).all()
        """)
    )


@pytest.mark.parametrize("copy", ["A column of Table 2"], indirect=True)
def test_a_column_of_table_2(copy):
    copy.run(
        textwrap.dedent("""
            import numpy as np
            import pandas as pd
            from pathlib import Path
            from nucleibench.data.sheets import SheetRow, write_sheet
            from nucleibench.evaluate.evaluating import evaluate_folder
            from nucleibench.images import write_labels
            from nucleibench.report.rows import read_titles
            from nucleibench.report.scores import write_scores
            labels = np.zeros((20, 20), np.int32)
            labels[2:10, 2:10] = 1
            write_labels("true/a.tif", labels)
            write_labels("found/a.tif", np.roll(labels, 4, axis=0))
            write_sheet("images.csv", [SheetRow("a", "breast", "p", "all", "test", 20, 20, 1, "")])
            evaluate_folder("images.csv", "true", "found", "x.csv", split="test", workers=1)
            title = {"name": "X", "short": "X", "group": "G", "note": "", "method": "x"}
            titles = read_titles({"x": title})
            files = ["images.csv", "t.csv", "t.md", "t.tex"]
            write_scores({"x": "x.csv"}, titles, "mine", *files, seed=0, paper_dataset=None)
            assert np.isclose(pd.read_csv("t.csv")["jaccard"], 1 / 3).all()
            assert "Jaccard" in Path("t.md").read_text()
        """)
    )
