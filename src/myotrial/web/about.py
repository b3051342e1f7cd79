"""``/about``: what this installation is, whether it computes what it should, and what happens to what is entered."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from myotrial.doctor import Examination, examine_installation
from myotrial.web.pages import NOTE, show_page

router = APIRouter()

_examine = cache(examine_installation)


@router.get("/about", response_class=HTMLResponse)
def show_about(check: Annotated[bool, Query(description="Compute the figures anew, once for a server")] = False
               ) -> HTMLResponse:  # fmt: skip
    """Show versions, the hashes of the data files and, where asked for, figures from outside computed here."""
    found: Examination = _examine(compute=check)
    return show_page("about.html", "/about", found=found, checked=check)


@router.get("/about.json")
def tell_about() -> dict[str, Any]:
    """Return the same as data, the figures included."""
    return {**_examine(compute=True).to_dict(), "note": NOTE}
