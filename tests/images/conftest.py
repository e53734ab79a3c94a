import pytest

from nucleibench.images.raster import open_raster


@pytest.fixture
def opened(tmp_path):
    """Write bytes to a file and open it."""
    rasters = []

    def write_and_open(content, name="image"):
        path = tmp_path / name
        path.write_bytes(content)
        rasters.append(open_raster(path))
        return rasters[-1]

    yield write_and_open
    for raster in rasters:
        raster.close()


@pytest.fixture
def read(opened):
    """Write bytes to a file, open it and read the whole image; return the pixels and the notes."""

    def read_whole(content, name="image"):
        raster = opened(content, name)
        return raster.read(0, 0, *raster.shape), " | ".join(raster.notes)

    return read_whole
