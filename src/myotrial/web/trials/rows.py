"""A trial in one row: what its definition and its records say of it, in words that can be counted."""

import re
from collections.abc import Iterable
from functools import lru_cache

from myotrial.registry.plain.glossary import find_terms
from myotrial.registry.plain.page import is_about_myositis
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.content import mark, phases_of, status_of
from myotrial.trials.definition import TrialDefinition
from myotrial.web.trials.answers import Told
from myotrial.web.trials.held import Held, source_of

FACETS = {
    "condition": "Condition",
    "subtype": "Subtype",
    "drug": "Drug",
    "sponsor": "Sponsor",
    "phase": "Phase",
    "masking": "Masking",
    "status": "Status",
    "country": "Country",
}
"""What rows are counted and narrowed by."""

_SUBTYPE = re.compile(r"myositis|necroti[sz]ing myopathy|antisynthetase")
_MASKING = re.compile(r"\b(none|open|single|double|triple|quadruple)\b")


class HeldRecord(Told):
    """A record of a trial in short."""

    main_id: str
    form: str
    source: str


class Row(Told):
    """One trial.

    Attributes
    ----------
    id, name, title
        Its address, what it is called, its public title.
    definition
        The id of its definition, if there is one.
    records
        Its records in the store.
    condition, subtype, drug, sponsor, phase, masking, status, country
        What the definition and the records say together. ``subtype``: forms of myositis that the title, the
        conditions or the keywords name.
    planned, registered, outcomes
        Subjects planned, the day of registration, and how many outcomes are registered; of the definition, else of
        the first record that says so.
    """

    id: str
    name: str
    title: str
    definition: str | None
    records: tuple[HeldRecord, ...]
    condition: tuple[str, ...]
    subtype: tuple[str, ...]
    drug: tuple[str, ...]
    sponsor: tuple[str, ...]
    phase: tuple[str, ...]
    masking: tuple[str, ...]
    status: tuple[str, ...]
    country: tuple[str, ...]
    planned: int | None
    registered: str | None
    outcomes: int

    def has(self, facet: str, value: str) -> bool:
        """Tell whether a value of a facet is among the row's."""
        return key(facet, value) in {key(facet, own) for own in getattr(self, facet)}


def make_row(held: Held) -> Row:
    """Return the row of a trial."""
    definition, records = held.definition, held.records
    titles = [
        *([definition.title] if definition else []),
        *(r.public_title or r.scientific_title or "" for r in records),
    ]
    sizes = [*([definition.sample_size.planned] if definition else []), *(r.target_size for r in records)]
    return Row(
        id=held.id,
        name=held.name,
        title=next(filter(None, titles), "without a title"),
        definition=definition.id if definition else None,
        records=tuple(HeldRecord(main_id=r.main_id or "", form=r.form, source=source_of(r)) for r in records),
        planned=next((size for size in sizes if size is not None), None),
        registered=next((str(r.date_registered) for r in records if r.date_registered), None),
        outcomes=next((len(r.outcomes) for r in records if r.outcomes), len(definition.outcomes) if definition else 0),
        **{facet: _distinct(facet, values) for facet, values in _values(definition, records).items()},
    )


def key(facet: str, value: str) -> str:
    """Return what two spellings of one value share.

    Examples
    --------
    >>> key("country", "USA") == key("country", "United States"), key("sponsor", "CSL  BEHRING")
    (True, 'csl behring')
    """
    return mark("country", value) if facet == "country" else " ".join(value.casefold().split())


@lru_cache(1024)
def masking_of(words: str) -> str:
    """Return the level of masking that a register's words name; its own words where they name none.

    Examples
    --------
    >>> masking_of("QUADRUPLE"), masking_of("None (Open Label)"), masking_of("Double Blind")
    ('quadruple', 'none', 'double')
    """
    found = _MASKING.search(words.casefold())
    level = found[1] if found else " ".join(words.split())
    return "none" if level == "open" else level


def show_value(facet: str, value: str) -> str:
    """Return a value of a facet as it is read.

    Examples
    --------
    >>> show_value("status", "active_not_recruiting"), show_value("phase", "na"), show_value("phase", "early1")
    ('active not recruiting', 'not applicable', 'early 1')
    """
    if facet == "phase":
        return {"na": "not applicable", "early1": "early 1"}.get(value, value)
    return value.replace("_", " ") if facet == "status" else value


def _values(definition: TrialDefinition | None, records: tuple[TrialRecord, ...]) -> dict[str, list[str]]:
    """Return every value that is stated, the definition's first."""
    values: dict[str, list[str]] = {facet: [] for facet in FACETS}
    if definition is not None:
        values["condition"].append(definition.condition)
        values["subtype"] += _subtypes((definition.condition, definition.title), myositis=True)
        values["drug"] += [arm.label for arm in definition.arms]
        values["sponsor"].append(definition.sponsor)
        values["phase"] += phases_of(definition.design.phase)
        values["masking"].append(definition.design.masking)
    for record in records:
        texts = (record.public_title, record.scientific_title, *record.conditions, *record.keywords)
        values["condition"] += record.conditions
        values["subtype"] += _subtypes(texts, myositis=is_about_myositis(record))
        values["drug"] += [item.name for item in record.interventions]
        values["sponsor"] += [record.primary_sponsor] if record.primary_sponsor else []
        values["phase"] += phases_of(record.phase)
        values["masking"] += [masking_of(record.design.masking)] if record.design and record.design.masking else []
        values["status"] += [status_of(record.recruitment_status)] if record.recruitment_status else []
        values["country"] += record.countries
    return values


def _subtypes(texts: Iterable[str | None], *, myositis: bool) -> list[str]:
    if not myositis:
        return []
    terms = (gloss.term for text in texts if text for gloss in find_terms(text, myositis=True))
    return [term for term in terms if _SUBTYPE.search(term) and term != "myositis"]


def _distinct(facet: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, as it is spelled first."""
    found: dict[str, str] = {}
    for value in values:
        if value.strip():
            found.setdefault(key(facet, value), " ".join(value.split()))
    return tuple(found.values())
