"""Files as PyTorch before 1.6 wrote them, written here by the same rules without PyTorch."""

import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest

from nucleibench.errors import DataError
from nucleibench.families.unet.torch_weights import MAGIC, read_torch_weights


class Tensor:
    """Stands for a tensor; the file says how to rebuild it."""

    def __init__(self, key, offset, shape, steps):
        self.key, self.offset, self.shape, self.steps = key, offset, shape, steps

    def __reduce__(self):
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (self.key, self.offset, self.shape, self.steps, False, {})


class Key(str):
    """Name of a storage."""


class Writer(pickle.Pickler):
    def persistent_id(self, item):
        kind = sys.modules["torch"].FloatStorage
        return ("storage", kind, str(item), "cpu", 6) if isinstance(item, Key) else None


@pytest.fixture
def torch(monkeypatch):
    """Names as PyTorch has them, for the writing alone."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2 = types.FunctionType((lambda *_: None).__code__, {})
    utils._rebuild_tensor_v2.__module__ = "torch._utils"
    utils._rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def write(path, entries, magic=MAGIC):
    with open(path, "wb") as stream:
        for value in (magic, 1001, {"little_endian": True}):
            pickle.dump(value, stream, protocol=2)
        Writer(stream, protocol=2).dump(entries)
        pickle.dump(["0"], stream, protocol=2)
        stream.write(struct.pack("<q", 6) + np.arange(6, dtype="<f4").tobytes())
    return path


def test_arrays_come_in_their_shapes_and_order(torch, tmp_path):
    entries = {
        "plain": Tensor(Key("0"), 0, (2, 3), (3, 1)),
        "turned": Tensor(Key("0"), 0, (3, 2), (1, 3)),
        "part": Tensor(Key("0"), 2, (2,), (2,)),
        "number": Tensor(Key("0"), 5, (), ()),
    }
    found = read_torch_weights(write(tmp_path / "a.pth", entries))
    whole = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(found["plain"], whole)
    np.testing.assert_array_equal(found["turned"], whole.T)
    np.testing.assert_array_equal(found["part"], [2, 4])
    assert found["number"] == 5


class Attack:
    def __reduce__(self):
        return os.mkdir, ("attacked",)


@pytest.mark.parametrize(
    ("entries", "magic", "said"),
    [
        ({"a": Attack()}, MAGIC, "it names posix.mkdir, which no weights need"),
        ({}, Attack(), "it names posix.mkdir, which no weights need"),
        ({}, 1, "does not begin as such a file does"),
        ({"a": Tensor(Key("0"), 1, (6,), (1,))}, MAGIC, "a tensor lies outside its storage"),
        ({"a": Tensor(Key("0"), 5, (6,), (-2,))}, MAGIC, "a tensor lies outside its storage"),
    ],
)
def test_what_is_no_weights_is_refused(torch, tmp_path, monkeypatch, entries, magic, said):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "a.pth", entries, magic)
    with pytest.raises(DataError, match=f"a.pth: cannot be read as weights of PyTorch .*{said}"):
        read_torch_weights(path)
    assert [item.name for item in tmp_path.iterdir()] == ["a.pth"]


def test_a_file_cut_anywhere_is_refused(torch, tmp_path):
    path = write(tmp_path / "a.pth", {"a": Tensor(Key("0"), 0, (6,), (1,))})
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(DataError, match="cannot be read as weights of PyTorch"):
            read_torch_weights(path)
