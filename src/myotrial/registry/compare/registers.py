"""Compare the records of one trial in several registers."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.compare.ages_in_text import find_ages_in_text
from myotrial.registry.compare.entries import criterion_rows, outcome_rows
from myotrial.registry.compare.fields import DATES, LISTS, NUMBERS, age_words, date_difference, status_class
from myotrial.registry.compare.judging import judge
from myotrial.registry.compare.matching import THRESHOLD, require_threshold
from myotrial.registry.compare.side_by_side import RegisterComparison, Row, Source
from myotrial.registry.compare.witness import find_witness, name_record
from myotrial.registry.compare.words import same_words, tokens
from myotrial.registry.dates import PartialDate, read_date
from myotrial.registry.record import TrialRecord

ORDER = (
    "order of trust: the register's own record, then the WHO's copy of it, then a page of another site; "
    "records of one register are one witness, and a copy never counts beside its source"
)


def compare_registers(records: Iterable[TrialRecord], *, threshold: float = THRESHOLD) -> RegisterComparison:
    """Hold the records of one trial in several registers side by side.

    Parameters
    ----------
    records
        Two or more records, of any forms.
    threshold
        The likeness, 0 to 1, from which two outcomes or two criteria are taken for the same one.

    Returns
    -------
    RegisterComparison
        A row for each field, outcome and criterion, with what every record says and whether the registers agree. A
        register's value is that of its most trusted record; a copy that differs from it is told in the row and is no
        second witness. A date that is only less precise, or a sign that a copy lost, is no disagreement.

    Raises
    ------
    BadInput
        There are fewer than two records, or the threshold is not from 0 to 1.

    Examples
    --------
    >>> own = "ClinicalTrials.gov JSON (API version 2)"
    >>> one = TrialRecord(form=own, sha256="1", main_id="NCT00000001", target_size=44)
    >>> two = TrialRecord(form="EU CTIS JSON", sha256="2", main_id="2024-500000-42-00", target_size=48)
    >>> copy = TrialRecord(form="WHO ICTRP portal page", sha256="3", main_id="NCT00000001", target_size=48)
    >>> row = compare_registers([one, two, copy]).of("target_size")[0]
    >>> row.verdict, row.witnesses, row.detail
    ('disagree', 2, '44 (ClinicalTrials.gov), 48 (EU CTIS); record 3 has 48 where the source it copies has 44')
    """
    require_threshold(threshold)
    held = list(records)
    if len(held) < 2:
        raise BadInput([Fault("too_few", "a comparison needs two records or more", got=str(len(held)), expected="2")])
    sources = [_source(record) for record in held]
    rows = [row for row in _field_rows(held, sources) if any(value is not None for value in row.values)]
    rows += outcome_rows(held, sources, threshold)
    rows += criterion_rows(held, sources, threshold)
    return RegisterComparison(
        sources=tuple(sources), rows=tuple(rows), threshold=threshold, notes=tuple(_notes(held, sources))
    )


def _source(record: TrialRecord) -> Source:
    witness = find_witness(record)
    return Source(name=name_record(record), witness=witness.key, layer=witness.layer)


def _field_rows(records: Sequence[TrialRecord], sources: Sequence[Source]) -> Iterator[Row]:
    def row(field: str, values: Iterable[str | None], same: Callable[[str, str], str | None] = _same_words) -> Row:
        return judge(field, tuple(values), sources, same)

    for name, number in NUMBERS:
        yield row(name, (_text(number(record)) for record in records))
    ages = [_ages(record) for record in records]
    yield row("age_minimum", (low for low, _ in ages), _same_age)
    yield row("age_maximum", (high for _, high in ages), _same_age)
    yield row("sex", (record.sex for record in records))
    yield row("recruitment_status", (record.recruitment_status for record in records), _same_status)
    for name in DATES:
        yield row(name, (_text(getattr(record, name)) for record in records), _same_date)
    yield row("phase", (record.phase for record in records), _same_phase)
    yield row("primary_sponsor", (record.primary_sponsor for record in records), _same_company)
    for name, entries in LISTS:
        if name != "secondary_ids":
            yield row(name, ("; ".join(entries(record)) or None for record in records), _same_list)


def _ages(record: TrialRecord) -> tuple[str | None, str | None]:
    """Return the limits of age: the fields, else what the criteria say, which is marked."""
    said = find_ages_in_text(record)
    fields = (age_words(record.age_minimum), age_words(record.age_maximum))
    low, high = (field or (f"{words} (criteria)" if words else None) for field, words in zip(fields, said, strict=True))
    return low, high


def _same_words(one: str, other: str) -> str | None:
    return "agree" if same_words(one, other) else None


_LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "llc", "ltd", "limited", "plc", "corp", "corporation", "gmbh", "ag", "kg",
     "bv", "nv", "sa", "sas", "sl", "srl", "spa", "ab", "as", "oy", "kk", "pty", "lp"}
)  # fmt: skip


def _same_company(one: str, other: str) -> str | None:
    """Whether two sponsors are the same but for the form of the company at the end of the name."""
    if same_words(one, other):
        return "agree"
    names = [_without_form(name) for name in (one, other)]
    return "wording" if names[0] and names[0] == names[1] else None


def _without_form(name: str) -> list[str]:
    words = [word for word in name.casefold().replace(".", "").replace(",", " ").split() if word != "&"]
    while words and words[-1] in _LEGAL_FORMS:
        words.pop()
    return words


def _same_status(one: str, other: str) -> str | None:
    return "agree" if status_class(one) == status_class(other) else None


def _same_age(one: str, other: str) -> str | None:
    """Compare limits by number, unit and sign: "> 18" is not 18, and "=" may be either."""
    first, second = ([word for word in tokens(text) if word != "criteria"] for text in (one, other))
    bare = [[word for word in words if word not in "≥≤="] for words in (first, second)]
    if bare[0] != bare[1]:
        return None
    return "lost comparator" if ("=" in first) != ("=" in second) else "agree"


def _same_date(one: str, other: str) -> str | None:
    first, second = _date(one), _date(other)
    kind = date_difference(first, second)
    return "agree" if kind is None else None if kind == "changed" else "precision"


def _date(text: str) -> PartialDate:
    return read_date(text)


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def _same_phase(one: str, other: str) -> str | None:
    first, second = ({_ROMAN.get(word, word) for word in tokens(text)} - {"phase"} for text in (one, other))
    return "agree" if first == second else None


def _same_list(one: str, other: str) -> str | None:
    first, second = ({tokens(entry) for entry in text.split("; ")} for text in (one, other))
    return "agree" if first == second else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _notes(records: Sequence[TrialRecord], sources: Sequence[Source]) -> Iterator[str]:
    yield ORDER
    yield from _linking(records)
    for place, (record, source) in enumerate(zip(records, sources, strict=True), 1):
        if record.cut_off:
            yield f"record {place} is cut off: what it lacks may stand in the whole of it"
        if record.target_size == 0:
            yield f"record {place} gives 0 as the sample size: whether that is a number or a blank is not known"
        if source.layer and not any(s.witness == source.witness and s.layer == 0 for s in sources):
            yield f"record {place} is a copy, and the record of its register is not among these"


def _linking(records: Sequence[TrialRecord]) -> Iterator[str]:
    """Yield a note where the records do not name each other."""
    groups: list[tuple[set[str], list[int]]] = []
    for place, record in enumerate(records, 1):
        ids, places = {name.upper() for name in record.ids}, [place]
        for group in [group for group in groups if group[0] & ids]:
            groups.remove(group)
            ids, places = ids | group[0], group[1] + places
        groups.append((ids, places))
    if len(groups) > 1:
        words = " | ".join(", ".join(map(str, sorted(places))) for _, places in sorted(groups, key=lambda g: g[1]))
        yield f"no identifier links the records {words}: that they are one trial is taken from you"
