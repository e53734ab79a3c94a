"""Writes the table of faults in docs/reliability.md from faults.csv; run it after a change.

With reports of pytest (JUnit's XML) it also writes what the last run of all faults came to.
"""

import csv
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from defusedxml import ElementTree

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
LAST_RUN = Path(__file__).with_name("last_run.json")
TABLE = "<!-- table of faults -->", "<!-- end of the table -->"
RUN = "<!-- last run -->", "<!-- end of the last run -->"


def faults() -> list[dict[str, str]]:
    with open(Path(__file__).with_name("faults.csv"), newline="") as stream:
        return list(csv.DictReader(stream))


def table() -> str:
    lines = ["| kind | what was done | what a user sees | test |", "|---|---|---|---|"]
    for fault in faults():
        path, _, name = fault["test"].partition("::")
        cells = fault["kind"], fault["what was done"], fault["what a user sees"]
        lines.append(f"| {' | '.join(cells)} | [{name}](../{path}) |")
    return "\n".join(lines)


def last_run() -> str:
    run = json.loads(LAST_RUN.read_text())
    return (
        f"The table has {len(faults())} faults. All in `tests/faults/` were last injected on "
        f"{run['date']}, also the long ones:\n{run['passed']} tests passed, {run['failed']} "
        f"failed, {run['skipped']} skipped. They took {run['seconds']} s together, on a "
        f"machine of {run['cores']} cores.{run.get('note', '')}"
    )


def read_run(reports: Sequence[str]) -> dict[str, int | str]:
    """Return what a run came to, whose parts may have a report each."""
    suites = [suite for report in reports for suite in ElementTree.parse(report).iter("testsuite")]
    count = {
        name: sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    }
    failed = count["failures"] + count["errors"]
    return {
        "date": date.today().isoformat(),
        "passed": count["tests"] - failed - count["skipped"],
        "failed": failed,
        "skipped": count["skipped"],
        "seconds": round(sum(float(suite.get("time", 0)) for suite in suites)),
        "cores": os.cpu_count() or 1,
    }


def put(text: str, marks: tuple[str, str], content: str) -> str:
    """Put ``content`` between two marks of a text."""
    begin, end = marks
    return f"{text.split(begin)[0]}{begin}\n\n{content}\n\n{end}{text.split(end)[1]}"


def page() -> str:
    """Return the page with what is made of tables made anew."""
    return put(put(PAGE.read_text(), RUN, last_run()), TABLE, table())


if __name__ == "__main__":
    if sys.argv[1:]:
        LAST_RUN.write_text(json.dumps(read_run(sys.argv[1:]), indent=2) + "\n")
    PAGE.write_text(page())
