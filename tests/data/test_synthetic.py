from zipfile import ZipFile

import numpy as np
import pytest
from skimage.color import rgb2gray

from nucleibench.data.importing import import_dataset
from nucleibench.data.monuseg import SYNTHETIC_PARTS
from nucleibench.data.settings import Archive, Dataset
from nucleibench.data.sheets import read_sheet
from nucleibench.data.staining import EOSIN, HEMATOXYLIN
from nucleibench.data.synthetic import draw_image, write_synthetic_archive
from nucleibench.data.tissue import TISSUES
from nucleibench.errors import ConfigurationError
from nucleibench.images import read_labels, read_rgb


def import_synthetic(archives, format, folder):
    parts = {part: path for (kind, part), path in archives.items() if kind == format}
    sources = {part: Archive(path=str(path)) for part, path in parts.items()}
    dataset = Dataset(format=format, archives=sources)
    import_dataset("mine", dataset, parts, folder, "breast", None, workers=1)
    return read_sheet(folder / "images.csv")


def test_monuseg_reads_back_as_drawn(synthetic_archives, tmp_path):
    sheet = import_synthetic(synthetic_archives, "monuseg", tmp_path)
    assert len(sheet) == 7
    for row in sheet.itertuples():
        image, tissue = draw_image(row.organ, row.image, seed=7, size=128)
        np.testing.assert_array_equal(read_rgb(tmp_path / "images" / f"{row.image}.png"), image)
        labels = read_labels(tmp_path / "labels" / f"{row.image}.tif")
        np.testing.assert_array_equal(labels, tissue.labels)


def overlaps(labels, others):
    """Return the IoU of each nucleus with the one of ``others`` that covers it best."""
    for label in range(1, labels.max() + 1):
        mask = labels == label
        other = np.bincount(others[mask]).argmax()
        yield (mask & (others == other)).sum() / (mask | (others == other)).sum() if other else 0


def test_tnbc_reads_back_nucleus_by_nucleus(synthetic_archives, tmp_path):
    sheet = import_synthetic(synthetic_archives, "tnbc", tmp_path)
    assert sheet.image.tolist() == ["01_1", "01_2", "02_1"]
    for row in sheet.itertuples():
        drawn = draw_image("breast", row.image, seed=7, size=128)[1].labels
        ious = list(overlaps(drawn, read_labels(tmp_path / "labels" / f"{row.image}.tif")))
        assert abs(row.nuclei - drawn.max()) <= 1
        # The gap between touching nuclei costs each a few pixels of its outline.
        assert np.mean(ious) > 0.9
        assert np.mean(np.array(ious) > 0.7) > 0.95


def test_layouts_are_the_official_ones(synthetic_archives):
    with ZipFile(synthetic_archives["monuseg", "train"]) as archive:
        assert "MoNuSeg 2018 Training Data/Tissue Images/SYN-LIVER-01.tif" in archive.namelist()
        assert "MoNuSeg 2018 Training Data/Annotations/SYN-LIVER-01.xml" in archive.namelist()
    with ZipFile(synthetic_archives["monuseg", "test"]) as archive:
        assert "MoNuSegTestData/SYN-BREAST-51.tif" in archive.namelist()
        assert "MoNuSegTestData/SYN-BREAST-51.xml" in archive.namelist()
    with ZipFile(synthetic_archives["tnbc", "all"]) as archive:
        assert "TNBC_NucleiSegmentation/Slide_02/02_1.png" in archive.namelist()
        assert "TNBC_NucleiSegmentation/GT_02/02_1.png" in archive.namelist()


def test_same_seed_same_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_synthetic_archive("monuseg", tmp_path / name, "test", seed, images=1, size=64)
    first, second, third = (tmp_path.joinpath(name).read_bytes() for name in "abc")
    assert first == second
    assert first != third


def test_members_in_their_order(synthetic_archives):
    with ZipFile(synthetic_archives["tnbc", "all"]) as archive:
        assert [name.partition("/")[2] for name in archive.namelist()] == [
            "Slide_01/01_1.png", "GT_01/01_1.png", "Slide_01/01_2.png", "GT_01/01_2.png",
            "Slide_02/02_1.png", "GT_02/02_1.png",
        ]  # fmt: skip
    with ZipFile(synthetic_archives["monuseg", "train"]) as archive:
        organs = [name.split("-")[1] for name in archive.namelist()[::2]]
        assert organs == ["LIVER", "KIDNEY", "PROSTATE", "BREAST", "COLON"]


def test_both_parts_together_have_all_nine_organs():
    organs = {organ for part in SYNTHETIC_PARTS.values() for organ in part.organs}
    assert organs == set(TISSUES)
    assert SYNTHETIC_PARTS["test"].organs[0] == "breast"


@pytest.mark.parametrize("organ", TISSUES)
def test_images_look_like_tissue(organ):
    image, tissue = draw_image(organ, "x", seed=3, size=256)
    nuclei = tissue.labels > 0
    assert image.shape == (256, 256, 3)
    assert tissue.labels.max() == len(tissue.outlines) >= 30
    assert 0.05 < nuclei.mean() < 0.6
    grey = rgb2gray(image)
    assert grey[nuclei].mean() < grey[~nuclei].mean() - 0.05
    # Nuclei hold more hematoxylin, the rest more eosin.
    density = -np.log(np.maximum(image, 1) / 255)
    hematoxylin, eosin = np.moveaxis(density @ np.linalg.pinv([HEMATOXYLIN, EOSIN]), -1, 0)
    assert hematoxylin[nuclei].mean() > 2 * hematoxylin[~nuclei].mean()
    assert eosin[nuclei].mean() < eosin[~nuclei].mean()


def test_organs_differ():
    sizes = {organ: draw_image(organ, "x", 3, 256)[1].labels for organ in ("stomach", "bladder")}
    areas = {organ: np.bincount(labels.ravel())[1:].mean() for organ, labels in sizes.items()}
    assert areas["bladder"] > 1.5 * areas["stomach"]


@pytest.mark.parametrize(
    ("format", "part", "images", "message"),
    [
        (
            "pannuke",
            "all",
            1,
            "no dataset format 'pannuke'; choose one of monuseg, tnbc, consep, folder",
        ),
        ("monuseg", "all", 1, "unknown part 'all' of synthetic monuseg; choose one of train, test"),
        ("monuseg", "train", 351, "351 synthetic images are too many; ask for 350 at most"),
        ("tnbc", "all", 23, "23 synthetic images are too many; ask for 22 at most"),
        ("consep", "all", 1, "unknown part 'all' of synthetic consep; choose one of train, test"),
    ],
)
def test_impossible_wishes_are_refused(tmp_path, format, part, images, message):
    with pytest.raises(ConfigurationError, match=message):
        write_synthetic_archive(format, tmp_path / "a.zip", part, 1, images, 64)
    assert list(tmp_path.iterdir()) == []
