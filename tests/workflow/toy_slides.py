"""Two small slides and their sheet, for the tests of the workflow and of the cluster."""

import tifffile

from nucleibench.data.synthetic import draw_image

TARGET = ("--", "segment_slides")
SLIDES = {"images": "cohort.csv", "turns": 1, "threads": 1, "outputs": ["csv", "labels"]}


def draw_slides(folder):
    """Write two slides at 40x."""
    for number in range(2):
        image, _ = draw_image("kidney", "drawn", number, 128)
        resolution = {"resolution": (40000, 40000), "resolutionunit": "CENTIMETER"}
        path = folder / "slides" / f"slide{number}.tif"
        path.parent.mkdir(exist_ok=True)
        tifffile.imwrite(path, image, photometric="rgb", tile=(64, 64), **resolution)


def list_slides(folder, count):
    """Write the sheet of the first slides."""
    rows = [f"slides/slide{number}.tif,P{number},\n" for number in range(count)]
    (folder / "cohort.csv").write_text("slide,patient,pixel_size\n" + "".join(rows))
