"""``myotrial enzymes``: how abnormal the muscle enzymes are at each visit."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.options import read_options, show_options
from myotrial.cli.output import Format, show_frame, show_json, show_note
from myotrial.criteria.muscle_enzymes import score_enzymes


def enzymes(
    visits: Path,
    *,
    option: Annotated[list[str], Parameter(negative=())] | None = None,
    format: Format = "table",  # noqa: A002
) -> None:
    """Show the muscle enzymes of each visit as multiples of the upper limit of normal, and the most abnormal one.

    Parameters
    ----------
    visits
        A table with subject_id, week and, for any of ck, aldolase, ldh, ast and alt, its value and its upper limit of
        normal: ck_u_per_l and ck_uln_u_per_l, or ck_ukat_per_l and ck_uln_ukat_per_l.
    option
        A choice that no source settles, as name=value; may be repeated. For example enzyme_choice=fraction_of_range.
    format
        table to read; csv or json for programs.
    """
    found = score_enzymes(visits, options=read_options(option))
    show_json(found.to_dict()) if format == "json" else show_frame(found.frame, format)
    for note in found.notes:
        show_note(f"note: {note}")
    show_note(repr(found))
    show_note(f"not settled by any source, so chosen here: {show_options(dict(found.options))}")
    show_note("For research; not medical advice.")
