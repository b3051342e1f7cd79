"""``myotrial doctor``: an installation examines itself."""

from typing import Annotated, Literal

from cyclopts import Parameter

from myotrial.cli.output import show_json, show_note, show_table
from myotrial.doctor import examine_installation


def doctor(*, format: Annotated[Literal["table", "json"], Parameter()] = "table") -> int:  # noqa: A002
    """Tell versions and data files, and compute figures from papers and from R with this installation.

    Parameters
    ----------
    format
        table to read; json for programs.
    """
    found = examine_installation()
    if format == "json":
        show_json(found.to_dict())
        return 0 if found.sound else 1
    show_table(("package", "version"), [(name, held or "not installed") for name, held in found.versions.items()])
    show_note("")
    show_table(("data", "sha256"), [(name, held[:16]) for name, held in found.data.items()])
    show_note("")
    rows = [
        (figure.id, figure.name, f"{figure.expected:.10g}", f"{figure.found:.10g}", "yes" if figure.agrees else "NO")
        for figure in found.figures
    ]
    show_table(("figure", "of", "expected", "computed", "agrees"), rows)
    show_note("")
    show_note(repr(found))
    return 0 if found.sound else 1
