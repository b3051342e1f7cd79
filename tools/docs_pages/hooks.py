"""What happens to a Markdown page before Sphinx reads it.

The pages are read on a code host too, so nothing of Sphinx's stands in them. A comment ``<!-- made: name -->`` is
replaced by what the code says, and the pages that a ``README.md`` or ``index.md`` lists become its contents.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

from docs_pages import (
    classifications,
    command_line,
    criteria,
    definitions,
    faults,
    glossary,
    instruments,
    names,
    study_tables,
    treatments,
    web_addresses,
)

MADE = re.compile(r"^<!-- made: (?P<name>[a-z-]+)(?: (?P<what>[\w ]+))? -->$", re.MULTILINE)
FOOTNOTE = re.compile(r"^(?P<indent>\s*)\.\. \[(?P<number>\d+)\] ")
LISTED = re.compile(r"^(?:- |\| )\[[^\]]+\]\((?P<page>[^):#]+)\.md\)", re.MULTILINE)
DOCS = Path(__file__).resolve().parents[2] / "docs"
CONTRIBUTING = DOCS.parent / "CONTRIBUTING.md"
LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<page>[^):#]+\.md)\)")
CONTENTS = {"index", "README"}

MAKERS: dict[str, Callable[[str], str]] = {
    "names": names.render,
    "command-line": lambda _: command_line.render(),
    "study-tables": lambda _: study_tables.render(),
    "criteria": lambda _: criteria.render(),
    "classifications": lambda _: classifications.render(),
    "instruments": lambda _: instruments.render(),
    "treatments": lambda _: treatments.render(),
    "definitions": lambda _: definitions.render(),
    "glossary": lambda _: glossary.render(),
    "web-addresses": lambda _: web_addresses.render(),
    "exit-statuses": lambda _: faults.render_exit_statuses(),
    "faults": lambda _: faults.render_codes(),
    "contributing": lambda _: CONTRIBUTING.read_text(encoding="utf-8").replace("](docs/", "](../"),
}
"""What each comment stands for."""


def fill(text: str) -> str:
    """Return a page with what the code says in the place of its comments.

    Raises
    ------
    KeyError
        A comment names nothing that can be made.
    """
    return MADE.sub(lambda found: _made(found["name"], found["what"] or ""), text)


@cache
def _made(name: str, what: str) -> str:
    return MAKERS[name](what)


def contents(text: str, beside: Iterable[str] = ()) -> str:
    """Return the table of contents, hidden in the page itself: the pages that the text lists, then those beside it.

    Examples
    --------
    >>> print(contents("- [Score](score.md): visits"))
    ```{toctree}
    :hidden:
    score
    ```
    """
    listed = dict.fromkeys([*(found["page"] for found in LISTED.finditer(text)), *beside])
    return "\n".join(["```{toctree}", ":hidden:", *listed, "```"])


def _inside(link: re.Match[str], folder: Path) -> str:
    """Return a link as it stands, or only its words where its page is none of the documentation's."""
    return link[0] if (folder / link["page"]).resolve().is_relative_to(DOCS) else link["words"]


def read_page(_: Sphinx, name: str, source: list[str]) -> None:
    """Turn a page into what Sphinx reads."""
    whole = LINK.sub(lambda link: _inside(link, (DOCS / name).parent), fill(source[0]))
    if PurePosixPath(name).name in CONTENTS:
        beside = sorted(path.stem for path in (DOCS / name).parent.glob("*.md")) if name.endswith("README") else []
        whole += f"\n{contents(source[0], (page for page in beside if page not in CONTENTS))}\n"
    source[0] = whole


def number_sources(_: Sphinx, __: str, ___: str, ____: object, _____: object, lines: list[str]) -> None:
    """Turn the numbered sources of a docstring into a list: footnotes would clash with those of the next one."""
    for place, line in enumerate(lines):
        lines[place] = re.sub(r"\[(\d+)\]_", r"[\1]", FOOTNOTE.sub(r"\g<indent>\g<number>. ", line))


def setup(app: Sphinx) -> dict[str, bool]:
    """Say to Sphinx which steps are ours."""
    app.connect("source-read", read_page)
    app.connect("autodoc-process-docstring", number_sources, priority=400)  # before napoleon, which is at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
