"""What every job of the workflow needs around its work: a log, and errors a person can read."""

import errno
import os
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nucleibench.errors import ConfigurationError, NucleiBenchError

MACHINE_FAULTS = tuple(
    map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO))
)
"""Words of the system for what no program can help; libraries do not all keep its number."""


@contextmanager
def logged(log: str | Path) -> Iterator[Callable[[str], None]]:
    """Send all that the job and its libraries print to ``log``; yield a way to tell the user.

    What is told appears on the console and in the log, whose last line says what the job took. An
    error of this package ends the job with its message alone, any other with a traceback as well,
    which only the log has where the machine is to blame; all with exit status 1.
    """
    console = os.fdopen(os.dup(2), "w", buffering=1)
    sys.stdout.flush()
    sys.stderr.flush()
    with open(log, "w", buffering=1) as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)

    def tell(text: str) -> None:
        print(text, flush=True)
        print(text, file=console, flush=True)

    start = time.monotonic()
    try:
        yield tell
        print(_describe_effort(time.monotonic() - start), flush=True)
    except NucleiBenchError as error:
        tell(f"Error: {error}")
        sys.exit(1)
    except Exception as error:
        said = traceback.format_exc()
        if any(fault in said for fault in MACHINE_FAULTS):
            print(said, flush=True)
            said = f"Error: {error}; mend that and start again: what is done is kept"
        tell(said)
        sys.exit(1)


def _describe_effort(seconds: float) -> str:
    """Tell time and memory of this process and of those that it waited for."""
    efforts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(effort.ru_utime + effort.ru_stime for effort in efforts)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    memory = max(effort.ru_maxrss for effort in efforts) / unit
    return f"took {seconds:.1f} s, {processor:.1f} s of CPU, {memory:.0f} MB in its largest process"


def check_interpreter(path: str) -> None:
    """Refuse a Python whose path a shell would take apart, as Snakemake does not quote it.

    Raises:
        ConfigurationError: the path has a space, a bracket of the shell or another of its signs.
    """
    if found := re.search(r"""[\s(){}<>$&;|*?`'"\\]""", path):
        raise ConfigurationError(
            f"the path of Python, {path}, has {found[0]!r}, and Snakemake cannot start jobs from "
            "it; move the project to a folder without spaces and signs of the shell, and run "
            "make again there (folders of data and of results may have them)"
        )


def share_programs(*folders: str | Path) -> None:
    """Let commands of the shell find the programs in ``folders`` before all others."""
    paths = [*map(str, folders), *os.environ.get("PATH", "").split(os.pathsep)]
    os.environ["PATH"] = os.pathsep.join(dict.fromkeys(paths))


def share_library(folder: str | Path) -> None:
    """Let processes started from this one import the library from ``folder``."""
    paths = [str(folder), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
