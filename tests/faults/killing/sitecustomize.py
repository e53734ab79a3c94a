"""Kills each job of a workflow at three moments, once each; Python loads this file before all else.

A job is killed with all its processes: soon after its start; when a result is written beside its
place, and then Snakemake is killed as well; and right after a result got its place. In the folder
NUCLEIBENCH_KILLS a file `SCRIPT.MOMENT` tells what is done.
"""

import os
import re
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

RECORDS = os.environ.get("NUCLEIBENCH_KILLS", "")
TESTER = os.environ.get("NUCLEIBENCH_TESTER", "")
SCRIPT = re.compile(r"/\.snakemake/scripts/tmp\w+\.(\w+)\.py")
SOON = 0.1


def parents() -> dict[int, int]:
    """Return process -> its parent."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    return found


def family(job: int, with_snakemake: bool) -> list[int]:
    """Return a job and its children; and those above it, up to the test."""
    above, members = parents(), [job]
    for pid in members:
        members += [child for child, parent in above.items() if parent == pid]
    while with_snakemake and above.get(job, 1) not in (1, int(TESTER)):
        job = above[job]
        members.insert(0, job)
    return members


def kill_once(moment: str) -> None:
    script, pid = os.environ["NUCLEIBENCH_JOB"].split(":")
    try:
        Path(RECORDS, f"{script}.{moment}").touch(exist_ok=False)
    except FileExistsError:
        return
    members = family(int(pid), with_snakemake=moment == "replacing")
    for member in [m for m in members if m != os.getpid()]:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def replace(source, target, *, real=os.replace, **options):
    is_result = "results" in Path(target).parts
    if is_result:
        kill_once("replacing")
    real(source, target, **options)
    if is_result:
        kill_once("replaced")


if RECORDS and (found := SCRIPT.search(" ".join(sys.orig_argv))):
    os.environ["NUCLEIBENCH_JOB"] = f"{found[1]}:{os.getpid()}"
    timer = threading.Timer(SOON, kill_once, ["started"])
    timer.daemon = True
    timer.start()
if RECORDS and "NUCLEIBENCH_JOB" in os.environ:
    os.replace = replace
