"""Deciding that nothing is to be done, in a finished tree of the paper's experiment.

Beside it a workflow of one finished file, which shows how much of the time is Snakemake's start.
CPU-seconds stand in the column of extra information (--benchmark-json).
"""

import resource

import pytest
from finished_tree import FinishedTree

SMALLEST = 'rule all:\n    output: "done.txt"\n    shell: "touch {output}"\n'


@pytest.fixture(scope="module")
def paper(tmp_path_factory) -> FinishedTree:
    return FinishedTree.make(tmp_path_factory.mktemp("paper") / "project")


@pytest.fixture(scope="module")
def smallest(tmp_path_factory) -> FinishedTree:
    folder = tmp_path_factory.mktemp("smallest")
    (folder / "Snakefile").write_text(SMALLEST)
    tree = FinishedTree(folder)
    tree.call()
    return tree


def decide(tree: FinishedTree) -> None:
    assert "Nothing to be done" in tree.call()


@pytest.mark.benchmark(group="nothing to be done")
@pytest.mark.parametrize("name", ["smallest", "paper"])
def test_decision(benchmark, request, name):
    tree = request.getfixturevalue(name)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    benchmark.pedantic(decide, args=(tree,), rounds=3)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    benchmark.extra_info["cpu_seconds"] = round(seconds / 3, 2)
