"""Writes the page of a slide: one HTML file with its picture and its nuclei."""

from pathlib import Path

from nucleibench.images.raster import open_raster
from nucleibench.page.layout import Section, read_assets, write_sections
from nucleibench.page.slides.marks import Marks, mark_circles, mark_outlines
from nucleibench.page.slides.parts import show_features, show_overview, show_picture
from nucleibench.page.slides.pyramid import build_pyramid
from nucleibench.page.slides.results import SlideResults, read_results

PAGE = "slide.html"
ASSETS = ("slide.css", "openseadragon.min.js", "marks.js", "slide.js")
SHARED_ASSETS = ("unpack.js", "shapes.js")
"""Those of the viewer of images."""

PICTURE_LIMIT = 9_000_000
"""Bytes of the picture in the page."""

MARKS_LIMIT = 6_000_000
"""Bytes of the outlines in the page."""


def write_slide_page(slide: str | Path, record_json: str | Path, output_html: str | Path) -> None:
    """Write the page of a slide that was segmented: one file, which loads nothing.

    Args:
        slide: the image.
        record_json: its record; the other results lie beside it.
        output_html: the page.

    Raises:
        DataError: the slide or a result cannot be read, or no table of nuclei was written.
    """
    found = read_results(record_json)
    with open_raster(slide) as raster:
        shape, pyramid = raster.shape, build_pyramid(raster, PICTURE_LIMIT)
    marks = _mark(found, shape, pyramid.scale)
    sections = [
        Section("overview", "Overview", show_overview(found, shape, pyramid)),
        Section("picture", "Picture and nuclei", show_picture(shape, pyramid, marks)),
        Section("features", "Features", show_features(found.nuclei)),
    ]
    assets = [
        *read_assets("nucleibench.page.viewer", SHARED_ASSETS),
        *read_assets("nucleibench.page.slides", ASSETS),
    ]
    write_sections(f"slides/{PAGE}", found.record.image, sections, assets, output_html)


def _mark(found: SlideResults, shape: tuple[int, int], scale: float) -> Marks:
    """Return outlines where there are any and they fit, and circles otherwise."""
    marks = found.outlines and mark_outlines(found.outlines, shape, scale, MARKS_LIMIT)
    return marks or mark_circles(found.nuclei, shape, found.pixel_size)
