"""The picture of the results: ratios with their aims, and how our cost grows."""

from pathlib import Path
from statistics import median

from bench.judging import Outcome, ratio

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8a8a"


def draw_picture(path: Path, outcomes: list[Outcome]) -> None:
    """Draw all outcomes into a file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    raced = [outcome for outcome in outcomes if outcome.verdict()]
    height = 1.6 + 0.34 * max(len(raced), 8)
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(14, height), width_ratios=(3, 2), layout="constrained"
    )
    _draw_ratios(left, raced)
    _draw_growth(right, outcomes)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _draw_ratios(axes, outcomes: list[Outcome]) -> None:
    for place, outcome in enumerate(outcomes):
        verdict = outcome.verdict()
        ours, *peers = outcome.sizes[verdict.size]
        others = [ratio(p, ours).middle for p in peers if p.cpu and p is not verdict.rival]
        axes.plot(others, [place] * len(others), "o", color=GREY, ms=4, alpha=0.7)
        found = verdict.ratio
        axes.plot([found.low, found.high], [place, place], color=BLUE, lw=2)
        axes.plot(found.middle, place, "o", color=BLUE, ms=8)
        if outcome.comparison.aim:
            axes.plot(outcome.comparison.aim, place, "|", color=ORANGE, ms=16, mew=2.5)
    names = [f"{o.comparison.name}, {o.verdict().size:,} {o.comparison.unit}" for o in outcomes]
    axes.set_yticks(range(len(outcomes)), names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1, color="black", lw=0.8)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel("CPU time of the peer / ours (right of 1: ours is faster)")
    for marker, color, label in (
        ("o", BLUE, "nearest rival, with spread"), ("o", GREY, "other peers"), ("|", ORANGE, "aim"),
    ):  # fmt: skip
        axes.plot([], [], marker, color=color, label=label, mew=2)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)


def _draw_growth(axes, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if (growth := outcome.growth()) is None:
            continue
        ran = sorted(size for size, found in outcome.sizes.items() if found[0].cpu)
        work = [outcome.comparison.work(size) / outcome.comparison.work(ran[0]) for size in ran]
        cost = [median(outcome.sizes[size][0].cpu) for size in ran]
        label = f"{outcome.comparison.name} ({growth:.2f})"
        axes.plot(work, [c / cost[0] for c in cost], "o-", ms=4, label=label)
    limits = axes.get_xlim()
    ends = [1, max(limits[1], 2)]
    axes.plot(ends, ends, ":", color="black", label="linear")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.grid(color="#dddddd")
    axes.set_xlabel("work, smallest size = 1")
    axes.set_ylabel("our CPU time, smallest size = 1")
    axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)
