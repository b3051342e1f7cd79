"""Turn an HTML page into the lines a reader of it would see."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre",
        "section", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_MANY = re.compile(r"\n{3,}")


def html_to_text(page: str) -> str:
    """Return a page's words: a line for each block and table row, cells of a row apart by a space.

    Examples
    --------
    >>> html_to_text("<table><tr><td>Main ID:</td><td>X&amp;1</td></tr></table><script>no()</script>")
    'Main ID: X&1'
    """
    reader = _Reader()
    reader.feed(page.replace("<![", "&lt;!["))  # a marked section is no HTML, and the parser gives up on one
    reader.close()
    lines = ["".join(line).rstrip() for line in reader.lines]
    return _MANY.sub("\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self.hidden = 0
        self.row = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag == "tr":
            self.row += 1
            self._break()
        elif tag in {"td", "th"}:
            self._space()
        elif tag == "sup":
            self.lines[-1].append("^")
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        self.lines[-1].append(" ".join(data.split()) if not data.strip() else re.sub(r"\s+", " ", data))
        if not data.strip():
            self._space()

    def _space(self) -> None:
        if self.lines[-1]:
            self.lines[-1].append(" ")

    def _break(self) -> None:
        if any(piece.strip() for piece in self.lines[-1]):
            self.lines.append([])
