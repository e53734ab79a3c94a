"""A folder as on a shared file system of a cluster: what nodes write is seen late by the head.

    python late_disk.py STORE MOUNT SECONDS

shows the folder STORE at MOUNT by FUSE until it is unmounted. Every call takes a moment. A result
that a job named less than SECONDS ago is not found by Snakemake, the head, but by all others.
Logs are never late: Snakemake touches them where the job runs.
"""

import errno
import os
import sys
import time
from pathlib import Path

import mfusepy

MOMENT = 0.001
INFINITE = float("inf")
RESULTS = "/results/"
NOW, OMIT = (1 << 30) - 1, (1 << 30) - 2  # times of utimensat that are none


def forward(call):
    """Return an operation that makes a call of the system with the path in the store."""

    def operation(self, path, *arguments):
        time.sleep(MOMENT)
        return call(self.place(path), *arguments)

    return operation


def facts(found: os.stat_result) -> dict:
    named = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
    return named | {f"st_{kind}time": getattr(found, f"st_{kind}time_ns") for kind in "amc"}


class LateDisk(mfusepy.Operations):
    use_ns = True

    def __init__(self, store: str, seconds: float) -> None:
        self.store, self.seconds = store, seconds
        self.given: dict[str, float] = {}

    def place(self, path: str) -> str:
        return self.store + path

    def is_late(self, path: str) -> bool:
        """Tell whether the head asks for a name that is new."""
        age = time.monotonic() - self.given.get(path, -INFINITE)
        return age < self.seconds and asked_by_head()

    def note(self, path: str) -> None:
        if path.startswith(RESULTS) and not path.endswith(".log") and not asked_by_head():
            self.given[path] = time.monotonic()

    def getattr(self, path, fh=None):
        time.sleep(MOMENT)
        if self.is_late(path):
            raise OSError(errno.ENOENT, path)
        return facts(os.lstat(self.place(path)))

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self.place(path))]

    def create(self, path, mode, fi=None):
        self.note(path)
        return os.open(self.place(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

    def mkdir(self, path, mode):
        self.note(path)
        os.mkdir(self.place(path), mode)

    def rename(self, old, new):
        self.note(new)
        os.rename(self.place(old), self.place(new))

    def truncate(self, path, length, fh=None):
        os.truncate(self.place(path), length)

    def utimens(self, path, times=None):
        now, kept = time.time_ns(), os.lstat(self.place(path))
        special = [{NOW: now, OMIT: kept.st_atime_ns}, {NOW: now, OMIT: kept.st_mtime_ns}]
        chosen = tuple(known.get(t, t) for known, t in zip(special, times, strict=True))
        os.utime(self.place(path), ns=chosen, follow_symlinks=False)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def flush(self, path, fh):
        return 0

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def release(self, path, fh):
        os.close(fh)

    def symlink(self, target, source):
        os.symlink(source, self.place(target))

    def link(self, target, source):
        os.link(self.place(source), self.place(target))

    open = forward(os.open)
    unlink = forward(os.unlink)
    rmdir = forward(os.rmdir)
    chmod = forward(os.chmod)
    chown = forward(os.chown)
    readlink = forward(os.readlink)


def asked_by_head() -> bool:
    """Tell whether the process that asks is Snakemake itself, and no job of its."""
    pid = mfusepy.fuse_get_context()[2]
    try:
        return b"\0snakemake\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


if __name__ == "__main__":
    store, mount, seconds = sys.argv[1:]
    mfusepy.FUSE(
        LateDisk(store, float(seconds)), mount, foreground=True, attr_timeout=0, entry_timeout=0
    )
