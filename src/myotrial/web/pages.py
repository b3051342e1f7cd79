"""Templates, and how a page is answered."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from myotrial.model.errors import Fault

HERE = Path(__file__).parent
NOTE = "For research; not medical advice."
PLACES = (
    ("/tis", "Improvement score"),
    ("/classify", "Classification"),
    ("/instruments", "Instruments"),
    ("/trials", "Trials"),
    ("/study", "Study"),
)
"""The pages that every page links to."""


@cache
def templates() -> Environment:
    """Return the templates; everything that is put into them is escaped."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    found.globals |= {"places": PLACES, "note": NOTE, "version": version("myotrial"), "asset": asset}
    found.filters["number"] = show_number
    return found


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes with the file, so that a browser may keep it."""
    digest = sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def show_page(template: str, place: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page; ``place`` is the address of the section it belongs to."""
    return HTMLResponse(templates().get_template(template).render(place=place, **values), status_code=status)


def show_number(value: Any, digits: int = 4) -> str:
    """Return a number as it is read: no needless digits; a dash for none.

    Examples
    --------
    >>> show_number(62.5), show_number(3.0), show_number(None)
    ('62.5', '3', '–')
    """
    return "–" if value is None else f"{value:.{digits}g}"


def say_fault(fault: Fault) -> str:
    """Return a fault as a sentence or two.

    Examples
    --------
    >>> say_fault(Fault("range", "the value is out of range", got="12", expected="0 to 10 cm"))
    'the value is out of range: got 12, expected 0 to 10 cm'
    """
    parts = [f"got {fault.got}" if fault.got else "", f"expected {fault.expected}" if fault.expected else ""]
    told = ", ".join(part for part in parts if part)
    text = f"{fault.message}: {told}" if told else fault.message
    return f"{text}. {fault.hint}" if fault.hint else text
