"""Memory that a process frees stays with it, seen in the pages that the system hands out."""

import platform
import subprocess
import sys

import pytest

# Takes and frees 64 MB twenty times, and prints how many pages the system had to give.
CHURN = """
import resource, sys
import numpy as np
from nucleibench.compute.runtime import keep_freed_memory

if sys.argv[1] == "kept":
    keep_freed_memory()
np.ones(2**23)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(2**23)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def count_new_pages(way: str) -> int:
    return int(subprocess.check_output([sys.executable, "-c", CHURN, way], text=True))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_freed_memory_is_taken_again_without_new_pages():
    assert count_new_pages("kept") < 200
    # numpy asks for huge pages of 2 MB where the system has them: 32 for each block.
    assert count_new_pages("returned") > 20 * 30
