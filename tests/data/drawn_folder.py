"""Members of a folder of one's own images and annotations."""

import io

import numpy as np
import tifffile
from annotation_files import tiff
from drawn_members import encode

from nucleibench.data.settings import Dataset

LABELS = np.zeros((40, 50), np.uint16)
LABELS[5:13, 3:11], LABELS[20:30, 30:40] = 1, 2
SIZED = {"resolution": (20000, 20000), "resolutionunit": "CENTIMETER"}


def picture(seed=0):
    pixels = np.random.default_rng(seed).integers(150, 256, (40, 50, 3), np.uint8)
    pixels[LABELS > 0] //= 2
    return encode(".png", pixels)


def sized_picture():
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.full((40, 50, 3), 200, np.uint8), photometric="rgb", **SIZED)
    return stream.getvalue()


def members(**others):
    return {"images/a.png": picture(), "labels/a.tif": tiff(LABELS)} | others


def folder_dataset(archive, **others):
    archives = {"all": {"path": str(archive)}}
    return Dataset.read({"format": "folder", "archives": archives, **others})


TABLE = "image,organ,patient,split,pixel_size\na,Liver,p1,train,0.5\nb.png,breast,p2,test,\n"


def two_images(table=TABLE, **others):
    pair = {"images/b.png": picture(1), "labels/b.tif": tiff(LABELS), "images.csv": table}
    return members(**pair) | others
