"""A reader of the LaTeX that we write, strict enough to know that it would compile."""

import re


def check_structure(text):
    """Assert balanced braces and environments, and rows as long as their table's columns."""
    text = re.sub(r"(?<!\\)%.*", "", text)
    assert not re.search(r"(?<!\\)[#~^_]", text), "an unescaped special character"
    assert text.count("$") % 2 == 0
    _check_braces(text)
    _check_environments(text)
    tables = re.findall(r"\\begin\{tabular\}\{(\w+)\}(.*?)\\end\{tabular\}", text, re.DOTALL)
    assert len(tables) == text.count(r"\begin{table}")
    for columns, body in tables:
        for row in re.findall(r"^(.*)\\\\$", body, re.MULTILINE):
            assert _cells(row) == len(columns), row


def _check_braces(text):
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def _check_environments(text):
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened


def _cells(row):
    spanned = sum(int(number) - 1 for number in re.findall(r"\\multicolumn\{(\d+)\}", row))
    return 1 + len(re.findall(r"(?<!\\)&", row)) + spanned
