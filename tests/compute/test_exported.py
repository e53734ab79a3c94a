import re
from pathlib import Path

import numpy as np
import pytest

from nucleibench.compute.exported import load_exported
from nucleibench.errors import DataError
from nucleibench.files import file_digest

SHIPPED = Path(__file__).parents[2] / "nucleibench" / "pretrained" / "compact_unet" / "model.onnx"
TILES = np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3), dtype=np.uint8)


def test_outputs_do_not_depend_on_the_batch():
    run = load_exported(SHIPPED, file_digest(SHIPPED))
    outputs = run(TILES)
    assert outputs.shape == (3, 64, 96, 3)
    assert outputs.dtype == np.float32
    np.testing.assert_array_equal(run(TILES[1:2])[0], outputs[1])


@pytest.mark.parametrize("kept", [0, 1000, -1])
def test_a_truncated_file_is_refused(tmp_path, kept):
    path = tmp_path / "model.onnx"
    path.write_bytes(SHIPPED.read_bytes()[:kept])
    with pytest.raises(DataError, match=rf"{re.escape(str(path))}: SHA-256 is \w+, the card says"):
        load_exported(path, file_digest(SHIPPED))


def test_a_changed_byte_is_refused(tmp_path):
    path, content = tmp_path / "model.onnx", bytearray(SHIPPED.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="restore the file"):
        load_exported(path, file_digest(SHIPPED))


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(DataError, match=r"model.onnx: not a network that ONNX Runtime reads"):
        load_exported(path, file_digest(path))
