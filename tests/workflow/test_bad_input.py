"""What goes wrong must go wrong early, with a message that tells how to mend it."""

import zipfile

import pytest
from toy import TOY

from nucleibench.data.synthetic import write_synthetic_archive

pytestmark = pytest.mark.workflow


def datasets(**archive):
    monuseg = {"archives": {**TOY["datasets"]["monuseg"]["archives"], "train": archive}}
    return {**TOY["datasets"], "monuseg": monuseg}


def failing(workflow, *arguments, **changes) -> str:
    result = workflow.run(*arguments, **changes)
    assert result.returncode == 1, result.stdout
    assert not list(workflow.folder.glob("results/models/**/*")), "training had started"
    return " ".join(result.stdout.split())


def test_missing_archive(fresh_workflow):
    output = failing(fresh_workflow, datasets=datasets(path="nowhere/train.zip"))
    assert "datasets.monuseg.archives.train: nowhere/train.zip does not exist" in output


def test_missing_table_of_organs(fresh_workflow):
    monuseg = {**TOY["datasets"]["monuseg"], "organs": "nowhere/organs.csv"}
    output = failing(fresh_workflow, datasets={**TOY["datasets"], "monuseg": monuseg})
    assert "datasets.monuseg.organs: nowhere/organs.csv does not exist; correct the path" in output


def test_unpacked_archive_with_a_cache(fresh_workflow, monkeypatch):
    """Snakemake itself would end with a traceback."""
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(fresh_workflow.folder))
    (fresh_workflow.folder / "train").mkdir()
    output = failing(fresh_workflow, "--cache", datasets=datasets(path="train"))
    assert "datasets.monuseg.archives.train: train is a folder, and --cache compares" in output


def test_truncated_archive_of_a_dataset_that_only_tests(fresh_workflow):
    archive = fresh_workflow.folder / "slides.zip"
    write_synthetic_archive("tnbc", archive, "all", seed=1, images=1, size=64)
    archive.write_bytes(archive.read_bytes()[:5000])
    sources = {**TOY["datasets"], "tnbc": {"archives": {"all": {"path": "slides.zip"}}}}
    output = failing(fresh_workflow, "--cores", "1", datasets=sources)
    assert "Error: slides.zip: not a zip file, or one that is damaged or cut short" in output
    assert "Traceback" not in output.split("RuleException")[0]
    started = {log.name for log in (fresh_workflow.folder / "results" / "logs").iterdir()}
    assert started <= {"draw_archive", "import_dataset"}, "data come before all else"


def test_what_is_skipped_or_unexpected_is_told(fresh_workflow):
    drawn, archive = (fresh_workflow.folder / name for name in ("drawn.zip", "train.zip"))
    write_synthetic_archive("monuseg", drawn, "train", seed=1, images=2, size=64)
    region = b'<Region Id="77"><Vertices><Vertex X="1" Y="2"/></Vertices></Region></Regions>'
    with zipfile.ZipFile(drawn) as source, zipfile.ZipFile(archive, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</Regions>", region))
    target = "results/data/monuseg/images.csv"
    result = fresh_workflow.run("--", target, datasets=datasets(path="train.zip"))
    assert result.returncode == 0, result.stdout
    told = [line for line in result.stdout.splitlines() if line.startswith("Warning: ")]
    assert "train.zip: its sha256 is" in told[0]
    skipped = "region 77 has fewer than three vertices and is skipped"
    assert told[1:] == [f"Warning: SYN-{organ}-01: {skipped}" for organ in ("KIDNEY", "LIVER")]


def test_unknown_encoder(fresh_workflow):
    networks = {**TOY["networks"], "unet_a": {"family": "unet", "encoder": "vgg61"}}
    output = failing(fresh_workflow, networks=networks)
    assert "networks.unet_a.encoder: 'vgg61' is not one of: vgg16, vgg19" in output


def test_misspelt_key(fresh_workflow):
    output = failing(fresh_workflow, trainning={"batch_size": 1})
    assert "unknown key trainning (did you mean training?)" in output


def test_reference_that_is_not_a_training_image(fresh_workflow):
    output = failing(fresh_workflow, normalization={"reference": "SYN-LIVER-99"})
    assert "normalization.reference: SYN-LIVER-99 is not a training image of monuseg; choose" in (
        output
    )


def test_reference_file_that_is_not_there(fresh_workflow):
    output = failing(fresh_workflow, normalization={"reference": "./mine.png"})
    assert "normalization.reference: there is no file ./mine.png; correct the path, or" in output


def test_empty_test_set(fresh_workflow):
    output = failing(fresh_workflow, test_organ="spleen")
    assert "test_organ: 'spleen' is not among the organs of monuseg" in output


def test_download_without_network_shows_the_line_to_write(fresh_workflow):
    # Port 9 of this machine: nobody listens.
    source = {"url": "http://127.0.0.1:9/train.zip", "sha256": "0" * 64}
    # Only an image of the published archive can be the reference of one that is not at hand.
    reference = {"reference": "TCGA-B0-5711-01Z-00-DX1"}
    output = failing(fresh_workflow, datasets=datasets(**source), normalization=reference)
    assert "127.0.0.1 could not be reached" in output
    assert "path: /where/you/keep/monuseg_train.zip" in output
