"""The benchmarks run and tell what they found; how fast anything is, no test asserts."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from tiny_row import COMPARISONS

from bench import environments
from bench.__main__ import read_arguments, run_all
from bench.demo import tell_demo
from bench.environments import Environment, UnavailableError, find_python
from bench.judging import Outcome, find_rivals, largest_difference
from bench.losses import tell_losses
from bench.measuring import Measured
from bench.registry import OWN, ROWS, list_comparisons

IN_PROCESS = ("scores", "preparation", "annotations", "labelling")
SMALL = {"annotations": 1000, "preparation": 300}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The tiny row measured, and the folder of its results."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        nowhere = Environment(("nucleibench-none @ file:///nowhere/at-all.whl",), ("none",))
        patch.setitem(environments.ENVIRONMENTS, "nowhere", nowhere)
        patch.setenv(environments.FOLDER, str(folder / "environments"))
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))  # where workers find the tiny row
        output = folder / "below" / "results.md"
        (outcome,) = run_all(COMPARISONS, read_arguments(["--quick", "--output", str(output)]))
    return outcome, output


def test_each_candidate_runs_as_often_as_the_others(measured):
    outcome, _ = measured
    found = {m.candidate.name: m for m in outcome.sizes[1000]}
    runs = {name: len(m.cpu) for name, m in found.items() if m.cpu}
    assert runs == dict.fromkeys(["ours", "a loop", "a wrong one", "another sum", "a small one"], 3)
    assert all(len(m.wall) == len(m.cpu) for m in found.values())
    assert all(m.peak > 5 for m in found.values() if m.cpu)
    assert found["ours"].numbers["sum"] == 499500


def test_what_cannot_be_measured_is_told_with_the_reason(measured):
    outcome, output = measured
    reasons = {m.candidate.name: m.why_not for m in outcome.sizes[4000] if m.why_not}
    assert reasons.pop("not installed").startswith("cannot be installed: ")
    assert reasons == {
        "a broken one": "RuntimeError: it does not work here",
        "one that breaks later": "ZeroDivisionError: division by zero",
        "a small one": "not tried beyond 1,000 numbers",
        "a slow one": "too slow for `make bench-quick`",
    }
    told = output.read_text().split("## Not measured")[1]
    assert all(f"{name}: {reason}" in told for name, reason in reasons.items())


def test_the_aim_is_about_those_with_the_same_numbers(measured):
    outcome, _ = measured
    ours, *peers = outcome.sizes[1000]
    rivals = find_rivals(outcome.comparison, ours, peers)
    assert {rival.candidate.name for rival in rivals} == {"a loop", "a small one"}
    assert outcome.verdict().size == 4000
    assert outcome.verdict().rival.candidate.name == "a loop"
    assert outcome.growth() is not None


def test_the_results_say_which_numbers_are_the_same(measured):
    _, output = measured
    lines = [line.split(" | ") for line in output.read_text().splitlines() if "numbers |" in line]
    said = {
        line[0].strip("| "): line[6].strip(" |") for line in lines if line[1:2] == ["1,000 numbers"]
    }
    assert said["a loop"] == "same"
    assert said["a wrong one"] == "**DIFFERENT by 1**"
    assert said["another sum"] == "one more"


def test_the_results_name_machine_and_versions(measured):
    text = measured[1].read_text()
    for told in ("| cores |", "| load averages before |", "| begun |", f"numpy {np.__version__}"):
        assert told in text
    assert "| **no** |" in text  # nobody is a thousand million times faster than a loop


def test_the_picture_is_drawn(measured):
    picture = matplotlib.image.imread(measured[1].with_suffix(".png"))
    assert min(picture.shape[:2]) > 200
    assert picture[..., :3].std() > 0.01


def test_the_demo_is_told_by_rule(tmp_path):
    assert "Not measured" in tell_demo(tmp_path)
    head = "s\th:m:s\tmax_rss\tcpu_time\n"
    (tmp_path / "predict").mkdir()
    (tmp_path / "predict" / "a.tsv").write_text(head + "2.5\t0:00:02\t300.4\t4.0\n")
    (tmp_path / "predict" / "b.tsv").write_text(head + "1.5\t0:00:01\t-\tNA\n")
    (tmp_path / "draw.tsv").write_text(head + "1\t0:00:01\t20\t1\n")
    told = tell_demo(tmp_path)
    assert "| predict | 2 | 4.0 | 4.0 | 300 |" in told
    assert "| all | 3 | 5.0 | 5.0 | 300 |" in told


def test_rows_left_when_the_time_is_over_are_told(tmp_path):
    output = tmp_path / "results.md"
    assert run_all(COMPARISONS, read_arguments(["--minutes", "0", "--output", str(output)])) == []


def test_an_environment_that_uv_cannot_make_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv(environments.FOLDER, str(tmp_path))
    monkeypatch.setattr(environments.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="uv is not installed"):
        find_python("rasterio")


def test_every_candidate_has_an_environment_and_every_name_is_unique():
    comparisons = list_comparisons()
    assert len({c.name for c in comparisons}) == len(comparisons)
    for comparison in comparisons:
        names = [candidate.name for candidate in comparison.candidates]
        assert len(set(names)) == len(names)
        assert {c.environment for c in comparison.candidates} <= environments.ENVIRONMENTS.keys()
        assert set(comparison.rivals) <= set(names)
        assert comparison.ours.environment == OWN
        assert list(comparison.sizes) == sorted(comparison.sizes)


@pytest.mark.parametrize("row", IN_PROCESS)
def test_candidates_that_need_no_other_package_agree(row):
    assert row in ROWS
    for comparison in list_comparisons((row,)):
        size = SMALL.get(row, 200) if comparison.unit == "px" else 1
        inputs = comparison.draw(size)
        own = [c for c in comparison.candidates if c.environment == OWN and not c.differs]
        ours, *others = (_numbers(candidate.prepare(inputs)()) for candidate in own)
        for other in others:
            assert largest_difference(ours, other) <= comparison.tolerance


def _numbers(result):
    from bench.worker import flatten

    return Measured(None, numbers=flatten(result))


@pytest.mark.parametrize(("theirs", "faster"), [(0.5, True), (2.0, False)])
def test_where_a_peer_is_faster_is_told_in_one_place(theirs, faster):
    comparison = COMPARISONS[0]
    ours, peer, other, *_ = comparison.candidates
    small = [Measured(ours, cpu=[9.0]), Measured(peer, cpu=[1.0])]
    large = [Measured(ours, cpu=[1.0]), Measured(peer, cpu=[theirs]), Measured(other)]
    outcome = Outcome(comparison, {1000: small, 4000: large})
    told, missed = tell_losses([outcome]).split("Aims that are missed:")
    assert ("- **a loop**, Sums, 4,000 numbers: 0.5 (one run) of our time" in told) == faster
    assert ("- none" in told) != faster
    assert f"Sums, 4,000 numbers: {theirs:g} (one run) times" in missed


def test_how_long_each_comparison_took_is_told(measured):
    outcome, output = measured
    (line,) = [line for line in output.read_text().splitlines() if line.startswith("| Sums |")]
    assert line.endswith(f"| {outcome.seconds:.0f} |")
    assert outcome.seconds > 0
