"""The templates: one environment for the page and for the drawings that are our own."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from myotrial.report.drawing import Drawing
from myotrial.report.labels import population_label
from myotrial.report.numbers import write_count, write_week
from myotrial.report.sources import STATUS, source_words


@cache
def environment() -> Environment:
    """Return the environment of the templates; what is not defined is an error, and text is escaped."""
    made = Environment(
        loader=PackageLoader("myotrial.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        week=write_week, count=write_count, source=source_words, status=lambda word: STATUS.get(word, word), short=short
    )
    made.globals["population"] = population_label
    return made


def short(number: float) -> str:
    """Write a place in a drawing with as few digits as it needs."""
    return f"{number:g}"


def render_drawing(drawing: Drawing, *, tinted: bool = False) -> str:
    """Return a drawing of boxes and lines as SVG, as it stands in the report.

    Examples
    --------
    >>> render_drawing(Drawing("a", "Title", "What is seen", 9, 9)).split(">")[0]
    '<svg viewBox="0 0 9 9" role="img" aria-labelledby="a-title a-desc" font-family="sans-serif" fill="#222"'
    """
    parts = environment().get_template("parts.html.j2").module
    return str(parts.drawing(drawing, tinted)).strip()  # type: ignore[attr-defined]
