"""Annotations in JSON: GeoJSON, as QuPath writes it, or COCO."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from nucleibench.data.annotations import Annotation, AnnotationReader, ImageFacts
from nucleibench.errors import DataError
from nucleibench.registry import Registry

KINDS: Registry[AnnotationReader] = Registry(
    "kind of JSON",
    {
        "GeoJSON": "nucleibench.data.geojson:read_annotation",
        "COCO": "nucleibench.data.coco:read_annotation",
    },
)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for garbage: of a million new lists, it takes a third of the time.

    It looks again at the latest when the last thread that came in here has left.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_no_collection()
def read_annotation(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read GeoJSON or COCO, whichever it is.

    Raises:
        DataError: it is neither, it is damaged, or it does not fit the image.
    """
    return KINDS[kind_of(parse_json(content, where), where)](content, where, image)


def kind_of(value: Any, where: str) -> str:
    """Return a key of ``KINDS``, or raise a DataError."""
    if isinstance(value, list) or (isinstance(value, dict) and "type" in value):
        return "GeoJSON"
    if is_coco(value):
        return "COCO"
    raise DataError(
        f"{where}: is neither GeoJSON (a FeatureCollection) nor COCO (images and annotations); "
        "export the outlines as one of them"
    )


def is_coco(value: Any) -> bool:
    """Tell whether a parsed file is COCO."""
    return isinstance(value, dict) and {"images", "annotations"} <= value.keys()


@lru_cache(maxsize=1)
@_no_collection()
def parse_json(content: bytes, where: str) -> Any:
    """Parse a file; do not change what is returned, as it is kept for whoever asks next.

    Raises:
        DataError: it is no JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not readable as JSON ({error}); export it again") from error
