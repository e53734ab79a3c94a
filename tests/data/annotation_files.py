"""Annotations of every kind, as programs write them."""

import io

import cv2
import numpy as np
import scipy.io
import tifffile


def tiff(values):
    stream = io.BytesIO()
    tifffile.imwrite(stream, values)
    return stream.getvalue()


def png(values):
    return cv2.imencode(".png", values)[1].tobytes()


def npy(values):
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def mat(values, name="inst_map", **others):
    stream = io.BytesIO()
    scipy.io.savemat(stream, {name: values, **others})
    return stream.getvalue()


def region(outline, number=1, **attributes):
    attributes = {"Id": number, "Type": 0, "NegativeROA": 0} | attributes
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    vertices = "".join(f'<Vertex X="{x}" Y="{y}" Z="0"/>' for x, y in outline)
    return f"<Region {written}><Attributes/><Vertices>{vertices}</Vertices></Region>"


def layer(*regions, number=1, name=""):
    inside = "".join(regions)
    return f'<Annotation Id="{number}" Name="{name}"><Regions>{inside}</Regions></Annotation>'


def annotation(*layers):
    return f'<Annotations MicronsPerPixel="0.25">{"".join(layers)}</Annotations>'.encode()


def feature(*rings, kind="Polygon", **properties):
    rings = [[*map(list, ring), list(ring[0])] for ring in (np.asarray(r).tolist() for r in rings)]
    geometry = {"type": kind, "coordinates": rings if kind == "Polygon" else [[r] for r in rings]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def outlined(*outlines, image=1, number=1, **others):
    flat = [np.asarray(outline).ravel().tolist() for outline in outlines]
    return {"id": number, "image_id": image, "category_id": 1, "segmentation": flat, **others}


def masked(mask, number=1, **others):
    return {"id": number, "image_id": 1, "segmentation": run_lengths(mask), **others}


def run_lengths(mask):
    flat = np.concatenate([[0], np.asarray(mask).ravel(order="F"), [2]])
    runs = np.diff(np.flatnonzero(np.diff(flat, prepend=flat[0] - 1)))
    runs[0] -= 1
    return {"size": list(np.shape(mask)), "counts": runs.tolist()}


def coco(*annotations, images=({"id": 1, "file_name": "a.png", "height": 40, "width": 50},)):
    return {"images": list(images), "annotations": list(annotations), "categories": []}
