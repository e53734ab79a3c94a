"""A million regions in one file: read in bounded time and memory, and none is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults_long
ROOT = Path(__file__).parents[2]
SIDE, STEP = 1000, 4
"""Regions in a row and in a column, and how many pixels each has in both directions."""
LIMIT_CPU_SECONDS, LIMIT_GIB = 240, 6

ANNOTATION = """
from nucleibench.data.annotations import ImageFacts, read_annotation
content = path.read_bytes()
side = 4000
found = read_annotation(path.name, content, path.name, ImageFacts("a", (side, side), 0.25))
print(found.labels.max())
"""
OUTLINES = """
from nucleibench.slides.geojson_reading import read_geojson
print(len(read_geojson(path)))
"""
MEASURED = """
import resource, sys
from pathlib import Path
path = Path(sys.argv[1])
{}
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)
"""


def squares():
    """Yield a square of 3 x 3 pixels in each place of the grid."""
    for number in range(SIDE * SIDE):
        top, left = number // SIDE * STEP, number % SIDE * STEP
        yield [(left, top), (left + 3, top), (left + 3, top + 3), (left, top + 3)]


def write_xml(path: Path) -> None:
    with open(path, "w") as stream:
        stream.write("<Annotations><Annotation><Regions>")
        for number, square in enumerate(squares(), 1):
            vertices = "".join(f'<Vertex X="{x}" Y="{y}"/>' for x, y in square)
            stream.write(f'<Region Id="{number}"><Vertices>{vertices}</Vertices></Region>')
        stream.write("</Regions></Annotation></Annotations>")


def write_geojson(path: Path) -> None:
    with open(path, "w") as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for number, square in enumerate(squares()):
            geometry = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
            feature = {"type": "Feature", "geometry": geometry, "properties": {}}
            stream.write(("," if number else "") + json.dumps(feature))
        stream.write("]}")


@pytest.mark.parametrize(
    ("name", "write", "code"),
    [
        ("a.xml", write_xml, ANNOTATION),
        ("a.geojson", write_geojson, ANNOTATION),
        ("a.geojson", write_geojson, OUTLINES),
    ],
    ids=["Aperio", "GeoJSON", "outlines"],
)
def test_a_million_regions(tmp_path, name, write, code):
    write(tmp_path / name)
    result = subprocess.run(
        [sys.executable, "-c", MEASURED.format(code), tmp_path / name],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stderr
    found, effort = result.stdout.splitlines()
    seconds, gibibytes = map(float, effort.split())
    print(f"{seconds:.0f} s of CPU, {gibibytes:.1f} GiB")
    assert int(found) == SIDE * SIDE
    assert seconds < LIMIT_CPU_SECONDS
    assert gibibytes < LIMIT_GIB
