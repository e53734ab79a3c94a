"""Annotation files to labels, and labels to polygons."""

import io
import json
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

RASTERIO = "another rule at the border: the last polygon wins, and no pixel by its corner"


def _outlines(size: int) -> list[np.ndarray]:
    """Return the drawn nuclei's outlines, with a vertex about every pixel and fractions of one."""
    from nucleibench.data.synthetic import draw_image

    outlines = draw_image("breast", "bench", 0, 1000)[1].outlines
    dense = [
        np.stack([outline, (outline + np.roll(outline, -1, 0)) / 2], axis=1).reshape(-1, 2)
        for outline in outlines
    ]
    corners = np.stack(np.meshgrid(*[np.arange(0, size, 1000)] * 2), axis=-1).reshape(-1, 2)
    return [(outline + corner).round(2) for corner in corners for outline in dense]


def draw_xml(size: int) -> dict[str, Any]:
    from nucleibench.data.aperio import encode_regions

    return {"content": encode_regions(_outlines(size)), "size": size}


def draw_geojson(size: int) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"objectType": "detection"},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for ring in ((outline + 0.5).tolist() for outline in _outlines(size))
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    return {"content": content.encode(), "size": size}


def draw_coco(size: int) -> dict[str, Any]:
    annotations = [
        {"id": number, "image_id": 1, "category_id": 1, "segmentation": [flat]}
        for number, flat in enumerate(((o + 0.5).ravel().tolist() for o in _outlines(size)), 1)
    ]
    image = {"id": 1, "file_name": "bench.png", "height": size, "width": size}
    content = json.dumps({"images": [image], "annotations": annotations, "categories": []})
    return {"content": content.encode(), "size": size}


def draw_mat(size: int) -> dict[str, Any]:
    import scipy.io

    from bench.drawn import draw_field, lay_labels

    stream = io.BytesIO()
    scipy.io.savemat(stream, {"inst_map": lay_labels(draw_field()[1], size)}, do_compression=True)
    return {"content": stream.getvalue(), "size": size}


def ours(inputs: Inputs, suffix: str) -> Work:
    from nucleibench.data.annotations import READERS, ImageFacts

    size = int(inputs["size"])
    read, facts = READERS[suffix], ImageFacts("bench", (size, size), 0.25)
    return lambda: read(inputs["content"], f"bench{suffix}", facts).labels


def our_xml(inputs: Inputs) -> Work:
    return ours(inputs, ".xml")


def our_json(inputs: Inputs) -> Work:
    from nucleibench.data.json_files import parse_json

    work = ours(inputs, ".geojson")

    def parse_anew():
        parse_json.cache_clear()  # what was parsed is kept for the next image of the file
        return work()

    return parse_anew


def our_mat(inputs: Inputs) -> Work:
    return ours(inputs, ".mat")


def _draw_loop(polygons: list[np.ndarray], size: int) -> np.ndarray:
    """Draw one polygon after another; the first one keeps a pixel."""
    from skimage.draw import polygon

    labels, last = np.zeros((size, size), np.int32), 0
    for vertices in polygons:
        rows, columns = polygon(vertices[:, 1], vertices[:, 0], labels.shape)
        free = labels[rows, columns] == 0
        if free.any():
            last += 1
            labels[rows[free], columns[free]] = last
    return labels


def xml_loop(inputs: Inputs) -> Work:
    from xml.etree import ElementTree

    def work():
        regions = ElementTree.fromstring(inputs["content"]).iter("Region")
        polygons = [
            np.array([(float(v.get("X")), float(v.get("Y"))) for v in region.iter("Vertex")])
            for region in regions
        ]
        return _draw_loop(polygons, int(inputs["size"]))

    return work


def geojson_loop(inputs: Inputs) -> Work:
    def work():
        features = json.loads(inputs["content"])["features"]
        rings = [np.array(f["geometry"]["coordinates"][0])[:-1] - 0.5 for f in features]
        return _draw_loop(rings, int(inputs["size"]))

    return work


def coco_loop(inputs: Inputs) -> Work:
    def work():
        found = json.loads(inputs["content"])["annotations"]
        rings = [np.array(a["segmentation"][0]).reshape(-1, 2) - 0.5 for a in found]
        return _draw_loop(rings, int(inputs["size"]))

    return work


def geojson_rasterio(inputs: Inputs) -> Work:
    from rasterio.features import rasterize

    def work():
        features = json.loads(inputs["content"])["features"]
        shapes = ((f["geometry"], number) for number, f in enumerate(features, 1))
        size = int(inputs["size"])
        return rasterize(shapes, out_shape=(size, size), dtype=np.int32)

    return work


def mat_scipy(inputs: Inputs) -> Work:
    import scipy.io

    return lambda: scipy.io.loadmat(io.BytesIO(inputs["content"]))["inst_map"]


def draw_labels(size: int) -> dict[str, np.ndarray]:
    from bench.drawn import draw_field, lay_labels

    return {"labels": lay_labels(draw_field()[1], size)}


def our_outlines(inputs: Inputs) -> Work:
    from nucleibench.slides.polygons import trace_outlines

    def work():
        outlines = trace_outlines(inputs["labels"])
        return {"parts": len(outlines.parts) - 1, "vertices": len(outlines.vertices)}

    return work


def rasterio_outlines(inputs: Inputs) -> Work:
    from rasterio.features import shapes

    def work():
        found = [s for s, value in shapes(inputs["labels"], connectivity=4) if value]
        rings = (ring for shape in found for ring in shape["coordinates"])
        return {"parts": len(found), "vertices": sum(map(len, rings))}

    return work


def contour_outlines(inputs: Inputs) -> Work:
    from skimage.measure import find_contours, regionprops

    def work():
        regions = regionprops(inputs["labels"])
        return {"n": len([find_contours(np.pad(region.image, 1), 0.5) for region in regions])}

    return work


def compare(name: str, draw: Any, read: Any, *peers: Candidate, aim: float) -> Comparison:
    return Comparison(name, draw, Candidate("ours", read), peers, sizes=(1000, 4000), aim=aim)


COMPARISONS = [
    compare(
        "Aperio XML to labels", draw_xml, our_xml,
        Candidate("ElementTree, polygon loop", xml_loop), aim=3,
    ),
    compare(
        "GeoJSON to labels", draw_geojson, our_json,
        Candidate("json, polygon loop", geojson_loop),
        Candidate("json, rasterio", geojson_rasterio, "rasterio", RASTERIO), aim=3,
    ),
    compare(
        "COCO to labels", draw_coco, our_json,
        Candidate("json, polygon loop", coco_loop), aim=3,
    ),
    compare("MATLAB to labels", draw_mat, our_mat, Candidate("scipy", mat_scipy), aim=0.67),
    compare(
        "Labels to polygons", draw_labels, our_outlines,
        Candidate("rasterio", rasterio_outlines, "rasterio"),
        Candidate("find_contours loop", contour_outlines, differs="polygons half inside pixels"),
        aim=5,
    ),
]  # fmt: skip
