"""The 24 items of the WHO Trial Registration Data Set, and how many of them a record fills."""

from collections.abc import Callable, Iterable
from typing import Literal

import polars as pl

from myotrial.model.source import Record
from myotrial.registry.forms import ctgov, ctgov_xml, ctis, euctr, isrctn, pasted, who_fields, who_submission
from myotrial.registry.record import TrialRecord
from myotrial.registry.who_portal import TITLE as PORTAL

State = Literal["filled", "left out", "empty", "not in this form"]
"""``left out``: the source has it, and it is contact data, which is never kept."""


class Item(Record):
    """One of the 24 items.

    Attributes
    ----------
    number, name
        As in version 1.3.1 of the data set.
    """

    number: int
    name: str


class ItemState(Record):
    """What a record has for an item.

    Attributes
    ----------
    number, name
        The item.
    state
        Whether it is filled.
    shown
        What stands there, shortened.
    """

    number: int
    name: str
    state: State
    shown: str


def _texts(*values: object) -> str:
    return "; ".join(str(value) for value in values if value)


def _criteria(record: TrialRecord) -> str:
    parts = (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other)
    return _texts(*(part.text for part in parts if part))


def _size(record: TrialRecord) -> str:
    numbers = [number for number in (record.target_size, record.enrolled) if number is not None]
    return str(numbers[0]) if numbers else record.target_size_text or ""


def _both(record: TrialRecord) -> tuple[str, ...]:
    """Return the affiliations that are not said to be for the public or for scientists."""
    return () if record.public_contact or record.scientific_contact else record.contact_affiliations


_READ: tuple[tuple[str, Callable[[TrialRecord], str]], ...] = (
    ("Primary registry and identifying number", lambda r: r.main_id or ""),
    ("Date of registration in the primary registry", lambda r: _texts(r.date_registered)),
    ("Secondary identifying numbers", lambda r: _texts(*r.secondary_ids)),
    (
        "Sources of monetary or material support",
        lambda r: _texts(*r.sources_of_support),
    ),
    ("Primary sponsor", lambda r: r.primary_sponsor or ""),
    ("Secondary sponsors", lambda r: _texts(*r.secondary_sponsors)),
    ("Contact for public queries", lambda r: _texts(*(r.public_contact or _both(r)))),
    ("Contact for scientific queries", lambda r: _texts(*(r.scientific_contact or _both(r)))),
    ("Public title", lambda r: r.public_title or ""),
    ("Scientific title", lambda r: r.scientific_title or ""),
    ("Countries of recruitment", lambda r: _texts(*r.countries)),
    ("Health conditions or problems studied", lambda r: _texts(*r.conditions)),
    ("Interventions", lambda r: _texts(*(item.name for item in r.interventions))),
    ("Key inclusion and exclusion criteria", _criteria),
    ("Study type", lambda r: r.study_type or ""),
    ("Date of first enrolment", lambda r: _texts(r.date_first_enrolment)),
    ("Sample size", _size),
    ("Recruitment status", lambda r: r.recruitment_status or ""),
    ("Primary outcomes", lambda r: _texts(*(outcome.title for outcome in r.primary_outcomes))),
    ("Key secondary outcomes", lambda r: _texts(*(outcome.title for outcome in r.secondary_outcomes))),
    ("Ethics review", lambda r: _texts(r.ethics.status, r.ethics.approval_date)),
    ("Completion date", lambda r: _texts(r.date_completion or r.date_primary_completion or r.results.date_completed)),
    (
        "Summary results",
        lambda r: _texts(
            "available" if r.results.available else "", r.results.date_posted, r.results.url, r.results.summary
        ),
    ),
    ("IPD sharing statement", lambda r: _texts(r.data_sharing.plan, r.data_sharing.description, r.data_sharing.url)),
)

ITEMS: tuple[Item, ...] = tuple(Item(number=n, name=name) for n, (name, _) in enumerate(_READ, 1))
"""The items, in order."""

_LACKS: dict[str, frozenset[int]] = {
    PORTAL: frozenset({24}),
    ctgov.TITLE: frozenset({4, 21}),
    ctgov.CLASSIC: frozenset({4, 21}),
    ctgov_xml.TITLE: frozenset({4, 21}),
    ctis.TITLE: frozenset({21}),
    euctr.TITLE: frozenset({24}),
    isrctn.TITLE: frozenset(),
    pasted.TITLE: frozenset({7, 8}),
    who_fields.XML: frozenset(),
    who_fields.CSV: frozenset(),
    who_submission.TITLE: frozenset(),
}
_CONTACT = frozenset({7, 8})
_SHOWN = 80


def list_item_states(record: TrialRecord) -> tuple[ItemState, ...]:
    """Return what a record has for each of the 24 items.

    Examples
    --------
    >>> states = list_item_states(TrialRecord(form="invented", sha256="0", main_id="X1"))
    >>> len(states), states[0].state, states[1].state
    (24, 'filled', 'empty')
    """
    lacks = _LACKS.get(record.form, frozenset())
    contact = any(left.kind == "contact" for left in record.left_out)
    states = []
    for number, (name, read) in enumerate(_READ, 1):
        words = read(record)
        state: State = "filled" if words else "not in this form" if number in lacks else "empty"
        if state != "filled" and number in _CONTACT and contact:
            state = "left out"
        shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
        states.append(ItemState(number=number, name=name, state=state, shown=" ".join(shown.split())))
    return tuple(states)


def tabulate_fill(records: Iterable[TrialRecord]) -> pl.DataFrame:
    """Count how often each item is filled, form by form.

    Parameters
    ----------
    records
        Records of any forms.

    Returns
    -------
    polars.DataFrame
        One row per form and item: form, records, number, item, filled (records), left_out (records), in_form (whether
        the form has a place for it).

    Examples
    --------
    >>> table = tabulate_fill([TrialRecord(form="invented", sha256="0", main_id="X1")])
    >>> table.height, table["filled"].sum()
    (24, 1)
    """
    rows: dict[tuple[str, int], list[int]] = {}
    counts: dict[str, int] = {}
    for record in records:
        counts[record.form] = counts.get(record.form, 0) + 1
        for state in list_item_states(record):
            row = rows.setdefault((record.form, state.number), [0, 0])
            row[0] += state.state == "filled"
            row[1] += state.state == "left out"
    return pl.DataFrame(
        [
            {
                "form": form,
                "records": counts[form],
                "number": number,
                "item": ITEMS[number - 1].name,
                "filled": filled,
                "left_out": left_out,
                "in_form": number not in _LACKS.get(form, frozenset()),
            }
            for (form, number), (filled, left_out) in rows.items()
        ],
        schema={
            "form": pl.String, "records": pl.Int64, "number": pl.Int64, "item": pl.String,
            "filled": pl.Int64, "left_out": pl.Int64, "in_form": pl.Boolean,
        },
    )  # fmt: skip
