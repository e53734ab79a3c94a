"""The usual way from Aperio XML to a label map: ElementTree, then one polygon after another."""

import xml.etree.ElementTree as ElementTree

import numpy as np
from skimage.draw import polygon


def read_polygons(xml):
    return [
        np.array(
            [(float(vertex.get("X")), float(vertex.get("Y"))) for vertex in region.iter("Vertex")]
        )
        for region in ElementTree.fromstring(xml).iter("Region")
    ]


def draw_polygons(polygons, shape):
    labels = np.zeros(shape, np.int32)
    last = 0
    for vertices in polygons:
        rows, columns = polygon(vertices[:, 1], vertices[:, 0], shape)
        free = labels[rows, columns] == 0
        if free.any():
            last += 1
            labels[rows[free], columns[free]] = last
    return labels


def label_map(xml, shape):
    return draw_polygons([outline for outline in read_polygons(xml) if len(outline) > 2], shape)
