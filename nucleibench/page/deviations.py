"""Where the experiment differs from the paper, from the page of the documentation that says so."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from nucleibench.page.run import Run

TITLE = "Deviations from the paper"


def render(run: Run) -> str:
    """Return the deviations; nothing where the run names no file of them."""
    if run.deviations is None:
        return ""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = _without_title(parser.parse(run.deviations.read_text(encoding="utf-8")))
    for token in tokens:
        token.children = _without_local_links(token.children or []) if token.children else None
    html = parser.renderer.render(tokens, parser.options, {})
    table = '<div class="scroll long" tabindex="0" role="region" aria-label="Deviations"><table>'
    return html.replace("<table>", table).replace("</table>", "</table></div>")


def _without_title(tokens: Sequence[Token]) -> list[Token]:
    is_title = len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return list(tokens[3:] if is_title else tokens)


def _without_local_links(tokens: Sequence[Token]) -> list[Token]:
    """Keep the words of links to other pages of the documentation, which are not at hand."""
    kept, local = [], False
    for token in tokens:
        if token.type == "link_open":
            local = not str(token.attrGet("href")).startswith("http")
        if not (token.type in ("link_open", "link_close") and local):
            kept.append(token)
    return kept
