"""Boxes and lines of the drawings that are our own: text is measured so that nothing is cut."""

from dataclasses import dataclass, field
from math import ceil

FONT = 13
LINE_HEIGHT = 18
PAD = 7

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe-Ito, the darkest first; arms take them in order."""

DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4], [1, 2])
"""Dashes beside the colours, for print in grey."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
"""Shapes beside the colours."""

_NARROW, _WIDE = set("iljtfrI.,:;|!'()[] "), set("mwMW%@—−=<>≥≤+")


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at a place."""

    x: float
    y: float
    text: str
    bold: bool = False
    anchor: str = "middle"
    size: float = FONT


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with its lines of text."""

    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...] = ()
    fill: str = "#fff"

    @property
    def middle(self) -> float:
        """The x of its centre."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


@dataclass(slots=True)
class Drawing:
    """What a drawing template needs; ``lines`` and ``arrows`` are path data."""

    name: str
    title: str
    desc: str
    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)

    def arrow(self, x: float, top: float, bottom: float) -> None:
        """Draw an arrow down."""
        self.lines.append(f"M{x:g} {top:g}V{bottom - 6:g}")
        self.arrows.append(f"M{x - 4.5:g} {bottom - 8:g}H{x + 4.5:g}L{x:g} {bottom:g}Z")


def text_width(text: str, size: float = FONT, *, bold: bool = False) -> float:
    """Return a generous width of a text in any common sans-serif font."""
    widths = (0.36 if char in _NARROW else 0.95 if char in _WIDE else 0.7 if char.isupper() else 0.58 for char in text)
    return sum(widths) * size * (1.08 if bold else 1)


def wrap(text: str, width: float, size: float = FONT, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit a width; a word that is too long is broken too.

    Examples
    --------
    >>> wrap("Discontinued treatment before week 25", 150)
    ['Discontinued treatment', 'before week 25']
    """
    lines = [""]
    for word in text.split(" "):
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{lines[-1]} {piece}".strip()
            if text_width(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line] or [""]


def _pieces(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    full = text_width(word, size, bold=bold)
    if full <= width:
        return [word]
    step = max(1, len(word) // ceil(full / width) - 1)
    return [word[start : start + step] for start in range(0, len(word), step)]


def text_box(x: float, y: float, width: float, parts: list[tuple[str, bool]], height: float = 0) -> Box:
    """Make a box around lines of (text, bold), each wrapped; it grows to what they need, ``height`` at least."""
    lines = [(line, bold) for text, bold in parts for line in wrap(text, width - 2 * PAD, bold=bold)]
    needed = len(lines) * LINE_HEIGHT + 2 * PAD - 4
    tall = max(needed, height)
    start = y + (tall - len(lines) * LINE_HEIGHT) / 2 + LINE_HEIGHT * 0.73
    texts = tuple(
        Text(x + width / 2, round(start + index * LINE_HEIGHT, 1), line, bold)
        for index, (line, bold) in enumerate(lines)
    )
    return Box(x, y, width, tall, texts)
