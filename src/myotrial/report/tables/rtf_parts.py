"""The pieces of an RTF text: escaped words, paragraphs, table rows, sections, fields. rtflite writes what it can.

rtflite neither escapes what means something in RTF nor writes the letters of Latin-1 in a way that a reader of ASCII
understands, and turns ``_``, ``^`` and ``>=`` into something else; so every text is escaped here, and its conversion
is off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from myotrial.report.tables.extras import need
from myotrial.report.tables.layout import MARGIN, PADDING, SIZE, Page

TWIPS = 1440
"""Units of RTF in an inch."""
PAGE_OF = r"Page {\field{\*\fldinst PAGE}{\fldrslt 1}} of {\field{\*\fldinst NUMPAGES}{\fldrslt 1}}"
STYLES = r"{\stylesheet{\s0 Normal;}{\s1\sbasedon0\snext0 heading 1;}}"
_PLAIN = {"\\": r"\\", "{": r"\{", "}": r"\}", "\n": r"\line ", "\t": r"\tab ", "\N{NO-BREAK SPACE}": r"\~"}


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one look; ``raw`` where it is RTF already."""

    text: str
    bold: bool = False
    italic: bool = False
    size: int = SIZE
    raw: bool = False

    @property
    def written(self) -> str:
        """The text as RTF."""
        return self.text if self.raw else escape(self.text)

    @property
    def look(self) -> str:
        """The look in rtflite's letters."""
        return "b" * self.bold + "i" * self.italic


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell on paper: its words, how they stand, how far they are moved in, and the columns that it spans."""

    words: Words
    align: str = "l"
    indent: float = 0.0
    span: int = 1
    top: bool = False
    bottom: bool = False


def escape(text: str) -> str:
    r"""Write a text as RTF in ASCII characters only.

    Examples
    --------
    >>> print(escape("≥ 20 {µ} × 2"))
    \u8805? 20 \{\u181?\} \u215? 2
    """
    return "".join(_escape_letter(letter) for letter in text)


@cache
def _escape_letter(letter: str) -> str:
    if letter in _PLAIN:
        return _PLAIN[letter]
    if " " <= letter <= "~":
        return letter
    units = letter.encode("utf-16-le")
    codes = [int.from_bytes(units[place : place + 2], "little", signed=True) for place in range(0, len(units), 2)]
    return "".join(rf"\u{code}?" for code in codes)


def paragraph(
    words: Words | str, *, align: str = "l", before: int = 0, after: int = 40, hanging: float = 0, more: str = ""
) -> str:
    """Return a paragraph; ``before`` and ``after`` in twips, ``hanging`` in inches, ``more`` is put in as it is."""
    told = Words(words, raw=True) if isinstance(words, str) else words
    content = _content(told, align, before=before, after=after, left=hanging, first=-hanging)
    return _with(str(content._as_rtf("paragraph")), more) + "\n"  # noqa: SLF001 - rtflite writes its parts in no other way


def _content(words: Words, align: str, *, before: int, after: int, left: float = 0, first: float = 0) -> Any:
    return need("rtflite.row").TextContent(
        text=words.written,
        size=words.size,
        format=words.look or None,
        justification=align,
        indent_left=round(left * TWIPS),
        indent_first=round(first * TWIPS),
        space_before=before,
        space_after=after,
        convert=False,
        hyphenation=False,
    )


def _with(paragraph_text: str, more: str) -> str:
    r"""Put control words behind the first ``\pard``."""
    return paragraph_text.replace(r"\pard", rf"\pard{more}", 1)


def table_row(cells: Sequence[RowCell], widths: Sequence[float], *, head: bool = False, keep: bool = False) -> str:
    """Return a row of a table.

    Parameters
    ----------
    cells
        Each with the number of columns that it spans.
    widths
        Of the columns, in inches.
    head
        Whether it comes again at the top of every page.
    keep
        Whether it stays on one page with the next row.
    """
    rtf, place, made = need("rtflite.row"), 0, []
    for cell in cells:
        place += cell.span
        content = _content(cell.words, cell.align, before=20, after=20, left=cell.indent)
        top, bottom = (rtf.Border(style="single") if there else None for there in (cell.top, cell.bottom))
        made.append(
            rtf.Cell(
                text=content, width=sum(widths[:place]), vertical_justification="bottom" if head else "top",
                border_top=top, border_bottom=bottom, border_left=None, border_right=None,
            )
        )  # fmt: skip
    lines = rtf.Row(row_cells=made, justification="l", height=2 * PADDING)._as_rtf()  # noqa: SLF001 - as above
    marks = r"\intbl\keepn" if keep else r"\intbl"
    start = lines[0].replace(r"\trowd", r"\trowd\trkeep\trhdr" if head else r"\trowd\trkeep", 1)
    return "\n".join([start, *(_with(line, marks) for line in lines[1:-1]), lines[-1]]) + "\n"


def document_start(page: Page, title: str) -> str:
    """Return the beginning of a document: fonts, styles, title and paper."""
    rtflite, services = need("rtflite"), need("rtflite.services")
    service = services.RTFEncodingService()
    margins = [MARGIN] * 4 + [MARGIN / 2] * 2
    sheet = rtflite.RTFPage(width=page.width, height=page.height, margin=margins, orientation=page.orientation)
    start = service.encode_document_start().replace(r"\ansi", r"\ansi\ansicpg1252\uc1", 1)
    info = rf"{{\info{{\title {escape(title)}}}}}"
    return "\n".join([start, service.encode_font_table(), STYLES, info, service.encode_page_settings(sheet), ""])


def section_start(page: Page, *, first: str, later: str, foot: str) -> str:
    """Return the beginning of a section: paper, and the running heads of its first page and of the later ones."""
    side, end, edge = (round(inches * TWIPS) for inches in (MARGIN, MARGIN, MARGIN / 2))
    sheet = rf"\pgwsxn{round(page.width * TWIPS)}\pghsxn{round(page.height * TWIPS)}"
    turned = r"\lndscpsxn" if page.orientation == "landscape" else ""
    margins = rf"\marglsxn{side}\margrsxn{side}\margtsxn{end}\margbsxn{end}\headery{edge}\footery{edge}"
    heads = rf"{{\headerf {first}}}{{\header {later}}}{{\footerf {foot}}}{{\footer {foot}}}"
    return rf"\sectd\sbkpage{sheet}{turned}{margins}\titlepg{heads}" + "\n"


def page_break() -> str:
    """Return the end of a page between two tables."""
    return r"{\pard\pagebb\sb0\sa0\fs2\par}" + "\n"


def bookmark(number: str) -> str:
    """Return the name by which a table can be reached."""
    return "table_" + re.sub(r"\W", "_", number)


def link(number: str, text: str) -> str:
    """Return a link to a table."""
    return rf'{{\field{{\*\fldinst HYPERLINK \\l "{bookmark(number)}"}}{{\fldrslt {escape(text)}}}}}'
