"""What is fuzzed: small sound files of each kind, and the function that reads them."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import annotation_files as files
import drawn_images as drawn
import numpy as np
import scipy.io
import yaml
from toy import TOY

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.data.archives import open_archive
from nucleibench.data.image_table import read_image_table
from nucleibench.data.sheets import SheetRow, read_sheet, write_sheet
from nucleibench.evaluate.groups import read_groups
from nucleibench.experiment.experiment import Experiment
from nucleibench.experiment.yaml_files import read_yaml
from nucleibench.images.decoding import decode_rgb
from nucleibench.images.labels import read_labels
from nucleibench.images.raster import open_raster
from nucleibench.slides.geojson_reading import read_geojson

ROOT = Path(__file__).parents[2]
FACTS = ImageFacts("a", (40, 50), 0.25)
SQUARE = np.array([(5, 5), (15, 5), (15, 15), (5, 15)])
LABELS = np.zeros((40, 50), np.uint16)
LABELS[5:15, 5:15], LABELS[5:15, 15:25], LABELS[20:35, 30:40] = 1, 2, 3
IMAGE = drawn.draw_tissue(48, 56)
DEEP = IMAGE.astype(np.uint16) * 257


class Target(NamedTuple):
    """Sound files, and what reads a file at a path."""

    samples: Sequence[bytes]
    read: Callable[[Path], object]


def _annotation(suffix: str, *samples: bytes) -> Target:
    name = f"a{suffix}"
    return Target(samples, lambda path: read_annotation(name, path.read_bytes(), name, FACTS))


def _image(*samples: bytes) -> Target:
    return Target(samples, lambda path: decode_rgb(path.read_bytes(), "a"))


def _view_raster(path: Path) -> None:
    with open_raster(path) as raster:
        raster.overview(32)
        raster.read(-3, 5, 40, 40)


def _sheet() -> bytes:
    path = Path("sheet.csv")
    sizes = {"height": 40, "width": 50, "nuclei": 3, "sha256": "0" * 64}
    rows = [SheetRow(f"0{n}", "liver", f"p{n}", "all", "train", **sizes) for n in range(3)]
    write_sheet(path, rows)
    return path.read_bytes()


def _archive() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("images/a.png", "labels/a.xml", "images.csv"):
            archive.writestr(name, name * 20)
    return stream.getvalue()


def _read_archive(path: Path) -> None:
    with open_archive(path) as archive:
        for name in archive.names():
            archive.read(name)


def _qupath() -> bytes:
    kinds = ("detection", "cell")
    nuclei = [files.feature(SQUARE + n, objectType=kinds[n % 2]) for n in range(4)]
    for nucleus in nuclei[1::2]:
        nucleus["nucleusGeometry"] = nucleus["geometry"]
    return json.dumps(
        files.collection(*nuclei, files.feature(SQUARE, kind="MultiPolygon"))
    ).encode()


def _outlines() -> bytes:
    named = files.feature(SQUARE, SQUARE // 2 + 5, classification={"name": "tumour"})
    return json.dumps(files.collection(named, files.feature(SQUARE + 20))).encode()


def _coco() -> bytes:
    return json.dumps(files.coco(files.outlined(SQUARE), files.masked(LABELS == 2, 2))).encode()


def _xml() -> bytes:
    shapes = [files.region(SQUARE, 1), files.region(SQUARE + 20, 2, Type=2)]
    hole = files.region(SQUARE // 2 + 5, 3, NegativeROA=1)
    return files.annotation(files.layer(*shapes, hole, name="nuclei"), files.layer(number=2))


def _mat_compressed() -> bytes:
    stream = BytesIO()
    scipy.io.savemat(stream, {"inst_map": LABELS, "type": LABELS * 1.0}, do_compression=True)
    return stream.getvalue()


def _read_settings(path: Path) -> None:
    config = read_yaml(path)
    # Snakemake lays what a user writes over the defaults; here it stands alone.
    Experiment.read(config, ROOT, versions_installed=False)


def _settings() -> list[bytes]:
    own = yaml.safe_dump(TOY | {"results": "results"}).encode()
    return [own, (ROOT / "config.yaml").read_bytes(), (ROOT / "config/external.yaml").read_bytes()]


def make_targets() -> Mapping[str, Target]:
    """Return name -> target; some samples are written to the working folder first."""
    pages = {"compression": "zlib", "photometric": "rgb"}
    tiles = {"tile": (16, 16), "compression": "zlib"}
    return {
        "xml": _annotation(".xml", _xml()),
        "geojson": _annotation(".geojson", _outlines(), _qupath()),
        "coco": _annotation(".json", _coco()),
        "mat": _annotation(".mat", files.mat(LABELS), _mat_compressed()),
        "npy": _annotation(".npy", files.npy(LABELS), files.npy(LABELS.astype(float))),
        "mask": _annotation(".tif", files.tiff(LABELS), drawn.tiff(LABELS, compression="zlib")),
        "mask_png": _annotation(".png", files.png(LABELS), files.png(LABELS.astype(np.uint8))),
        "png": _image(
            drawn.picture(IMAGE, "PNG"),
            drawn.picture(IMAGE, "PNG", "P"),
            drawn.picture(np.dstack([IMAGE, IMAGE[..., 0]]), "PNG"),
            files.png(DEEP),
        ),
        "jpeg": _image(
            drawn.picture(IMAGE, "JPEG"),
            drawn.picture(IMAGE, "JPEG", "CMYK"),
            drawn.picture(IMAGE, "JPEG", progressive=True),
        ),
        "pictures": _image(
            drawn.picture(IMAGE, "BMP"),
            drawn.picture(IMAGE, "WEBP"),
            drawn.picture(IMAGE, "JPEG2000"),
        ),
        "tiff": _image(
            drawn.tiff(IMAGE, photometric="rgb", resolution=(40000, 40000), resolutionunit=3),
            drawn.tiff(IMAGE, **pages, bigtiff=True),
            drawn.tiff(np.moveaxis(DEEP, 2, 0), photometric="rgb", planarconfig="separate"),
            drawn.tiff(IMAGE, photometric="rgb", compression="lzw", byteorder=">"),
            drawn.tiff(IMAGE, photometric="rgb", ome=True, metadata={"axes": "YXS"}),
        ),
        "slide": Target(
            [
                drawn.pyramid(IMAGE, tile=16, levels=2),
                drawn.pyramid(IMAGE, tile=16, levels=3, compression="jpeg"),
                drawn.tiff(IMAGE, photometric="rgb", **tiles, description="Aperio |MPP = 0.25"),
            ],
            _view_raster,
        ),
        "label_map": Target(
            [files.tiff(LABELS), drawn.tiff(LABELS.astype(np.uint32), **tiles)], read_labels
        ),
        "qupath": Target([_qupath(), _outlines()], read_geojson),
        "archive": Target([_archive()], _read_archive),
        "sheet": Target([_sheet()], read_sheet),
        "image_table": Target(
            [b"image,organ,patient,split,pixel_size\na.png,liver,1,train,0.25\nb,colon,,test,\n"],
            lambda path: read_image_table(path.read_bytes(), "images.csv"),
        ),
        "groups": Target(
            [b"image,organ,patient\na,liver,1\nb,colon,2\n"],
            lambda path: read_groups(path, ["a", "b"]),
        ),
        "settings": Target(_settings(), _read_settings),
    }
