"""Tables and numbers in Markdown."""

from bench.judging import Ratio


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def format_ratio(found: Ratio) -> str:
    """Return a ratio with its spread."""
    if found.low == found.high:
        return f"{found.middle:.3g} (one run)"
    return f"{found.middle:.3g} ({found.low:.3g} to {found.high:.3g})"
