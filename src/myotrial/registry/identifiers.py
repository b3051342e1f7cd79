"""The numbers that registers give to trials: recognised in any text, and brought into one form."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from myotrial.model.data import load_data
from myotrial.registry.record import TrialRecord


@dataclass(frozen=True, slots=True)
class Identifier:
    """The number of a trial.

    Attributes
    ----------
    kind
        Who gives such numbers, a word of ``data/registry/identifiers.yaml``. Numbers of one kind name different
        trials.
    key
        The number in one form: capitals, without the country of a European record.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    register: str
    short: str | None
    pattern: re.Pattern[str]
    key: str
    whole: bool
    without: str


@cache
def _kinds() -> tuple[_Kind, ...]:
    return tuple(
        _Kind(
            line["kind"],
            line["register"],
            line.get("short"),
            re.compile(rf"(?<![A-Za-z0-9]){line['pattern']}(?![A-Za-z0-9])", re.IGNORECASE),
            line["key"],
            line.get("whole", False),
            line.get("without", ""),
        )
        for line in load_data("registry", "identifiers.yaml")["kinds"]
    )


@cache
def _any() -> re.Pattern[str]:
    """Match wherever some kind does: one look tells that a text has no number, as most have none."""
    return re.compile("|".join(f"(?:{kind.pattern.pattern})" for kind in _kinds()), re.IGNORECASE)


def register_of(kind: str) -> str | None:
    """Return the name of the register that gives numbers of a kind.

    Examples
    --------
    >>> register_of("NCT"), register_of("a sponsor")
    ('ClinicalTrials.gov', None)
    """
    return next((known.register for known in _kinds() if known.name == kind), None)


@lru_cache(8192)
def register_called(identifier: str) -> str | None:
    """Return the short name of the register that an identifier belongs to; ``None`` where it is no register's number.

    Registers of one country that followed each other have one short name.

    Examples
    --------
    >>> register_called("NCT04044690"), register_called("2024-516057-42-00"), register_called("IgPro20_3007")
    ('ClinicalTrials.gov', 'EU CTIS', None)
    >>> register_called("NL-OMON55228"), register_called("NTR7612")
    ('Dutch register', 'Dutch register')
    """
    stripped = identifier.strip()
    return next((kind.short for kind in _kinds() if kind.pattern.fullmatch(stripped)), None)


def kind_named(words: str) -> str | None:
    """Return the kind that a register's name or prefix means.

    Examples
    --------
    >>> kind_named("clinicaltrials.gov"), kind_named("nct"), kind_named("nowhere")
    ('NCT', 'NCT', None)
    """
    sought = words.strip().casefold()
    return next((kind.name for kind in _kinds() if sought in {kind.name.casefold(), kind.register.casefold()}), None)


@lru_cache(8192)
def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Return every trial number in a text, each once.

    Parameters
    ----------
    text
        For example a secondary identifier as a register prints it.

    Returns
    -------
    tuple of Identifier
        Empty where there is none. A number of noughts alone is no number.

    Examples
    --------
    >>> [found.key for found in find_identifiers("EudraCT number: 2018-003171-35; NCT 04044690")]
    ['2018-003171-35', 'NCT04044690']
    >>> find_identifiers("EUCTR2018-003171-35-NL")[0]
    Identifier(kind='EUDRACT', key='2018-003171-35')
    >>> find_identifiers("NL62543.056.17")
    ()
    """
    if not _any().search(text):
        return ()
    found: list[tuple[int, Identifier]] = []
    taken: list[tuple[int, int]] = []
    stripped = text.strip()
    for kind in _kinds():
        matches = [kind.pattern.fullmatch(stripped)] if kind.whole else kind.pattern.finditer(text)
        for match in matches:
            if match is None or any(a < match.end() and match.start() < b for a, b in taken):
                continue
            if set(re.sub(r"\D", "", "".join(group or "" for group in match.groups()))) <= {"0"}:
                continue
            key = kind.key.format(match[0], *(group or "" for group in match.groups())).upper()
            taken.append(match.span())
            found.append((match.start(), Identifier(kind.name, key.replace(kind.without, "") if kind.without else key)))
    return tuple(dict.fromkeys(identifier for _, identifier in sorted(found, key=lambda pair: pair[0])))


def key_of(name: str) -> str:
    """Return the form in which a record's own number is looked up; each country's European record keeps its own.

    Examples
    --------
    >>> key_of(" nct04044690"), key_of("EUCTR2018-003171-35-NL"), key_of("Our trial  7")
    ('NCT04044690', 'EUCTR2018-003171-35-NL', 'OUR TRIAL 7')
    """
    plain = " ".join(name.split()).upper()
    known = find_identifiers(plain)
    return known[0].key if len(known) == 1 and known[0].kind != "EUDRACT" else plain


def own_identifier(record: TrialRecord) -> Identifier:
    """Return the number a record goes by; one of no known grammar is of its register's kind.

    Examples
    --------
    >>> own_identifier(TrialRecord(form="invented", sha256="0", main_id="NCT04044690")).kind
    'NCT'
    """
    main = record.main_id or ""
    known = find_identifiers(main)
    if known:
        return known[0]
    return Identifier(f"other:{record.source_register or record.form}", key_of(main))


def other_identifiers(record: TrialRecord) -> tuple[Identifier, ...]:
    """Return the trial numbers among a record's other identifiers.

    Examples
    --------
    >>> record = TrialRecord(form="f", sha256="0", main_id="NCT04044690", secondary_ids=("2018-003171-35", "S-1"))
    >>> [found.key for found in other_identifiers(record)]
    ['2018-003171-35']
    """
    own = own_identifier(record)
    found = (each for name in record.secondary_ids for each in find_identifiers(name))
    return tuple(dict.fromkeys(each for each in found if each != own))
