"""A plain record as text for a terminal, and as one HTML page."""

import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from jinja2 import Environment, FunctionLoader, StrictUndefined

from myotrial.model.data import data_file
from myotrial.registry.plain.glossary import Gloss
from myotrial.registry.plain.page import DISCLAIMER, PlainOutcome, PlainRecord
from myotrial.registry.plain.readability import Readability
from myotrial.registry.plain.recast import PlainCriterion
from myotrial.registry.plain.segments import Segment, cut_at_terms, with_explanations

HEADINGS = {
    "inclusion": ("Who can take part", "The record lists these as conditions for taking part."),
    "exclusion": ("Who cannot take part", "The record lists these as reasons against taking part."),
    "not_stated": ("Other conditions", "The record does not say whether these are for or against taking part."),
}
STATES = {
    "recast": "",
    "ambiguous": "This mixes “and” and “or” and can be read in two ways. Ask the study team which one is meant.",
    "sign lost": "A sign was lost when this record was copied: the “=” does not mean “equal to”. Ask the study team, "
    "or see the register's own record.",
    "cut off": "This text is cut off in this copy of the record.",
    "as written": "Not put into plain words: this software does not understand all of it.",
}
FLATTENED = "This line announces a list. The copy has lost which of the lines after it belong to it."
ROLES = {
    "primary": "Main outcomes: what the study is about most",
    "secondary": "Further outcomes",
    "other": "Other outcomes",
    "not_stated": "Outcomes (the record does not say which are the main ones)",
}
ABOUT = (
    "These are a register's words put into plainer ones by fixed rules. The original stands beside each sentence, and "
    "the original is what counts. Only the study team can say whether you can take part."
)


def render_text(plain: PlainRecord, *, width: int = 88) -> str:
    """Render a plain record as text.

    Parameters
    ----------
    plain
        The record.
    width
        Characters in a line.

    Examples
    --------
    >>> from myotrial.registry.record import TrialRecord
    >>> from myotrial.registry.plain.page import explain_record
    >>> record = TrialRecord(form="invented", sha256="0", main_id="X1", public_title="A walk")
    >>> page = render_text(explain_record(record))
    >>> print(page.splitlines()[0])
    A walk
    >>> "For research; not medical advice" in page
    True
    """
    lines = list(_text(plain, width))
    return "\n".join(lines) + "\n"


def _text(plain: PlainRecord, width: int) -> Iterator[str]:
    seen: set[str] = set()
    yield from textwrap.wrap(plain.title, width)
    yield from [f"{plain.main_id}  ·  {DISCLAIMER}" if plain.main_id else DISCLAIMER, ""]
    yield from textwrap.wrap(ABOUT, width)
    for answer in plain.answers:
        yield from ["", answer.question]
        for line in answer.lines:
            yield from _wrapped(line, width, "  ")
    for kind, criteria in groupby(plain.criteria, key=lambda criterion: criterion.kind):
        heading, note = HEADINGS[kind]
        yield from ["", heading.upper(), *textwrap.wrap(note, width)]
        for criterion in criteria:
            yield ""
            yield from _criterion_text(criterion, width, seen)
    for role, outcomes in groupby(plain.outcomes, key=lambda outcome: outcome.role):
        yield from ["", ROLES[role].upper()]
        for outcome in outcomes:
            yield from _outcome_text(outcome, width, seen)
    yield from ["", "HOW HARD IT IS TO READ"]
    for label, measured in readability_rows(plain):
        yield f"  {label}: {_figures(measured)}"


def _criterion_text(criterion: PlainCriterion, width: int, seen: set[str]) -> Iterator[str]:
    indent = "  " * (criterion.level + 1)
    label = "Rule: " if criterion.form == "rule" else ""
    shown = with_explanations(criterion.shown, criterion.glosses, seen)
    yield from _wrapped(f"{criterion.position}. {label}{shown}", width, indent)
    if criterion.plain:
        yield from _wrapped(f"original: {criterion.original}", width, indent + "   ")
    for note in notes_of(criterion):
        yield from _wrapped(f"! {note}", width, indent + "   ")


def notes_of(criterion: PlainCriterion) -> list[str]:
    """Return what a reader must know of a criterion beside its words."""
    notes = [STATES[criterion.state]] if STATES[criterion.state] else []
    notes += [f"Read one way: {reading}" for reading in criterion.readings]
    notes += [f"It may mean: {candidate}" for candidate in criterion.candidates]
    notes += list(criterion.lost)
    return notes + ([FLATTENED] if criterion.flattened else [])


def _outcome_text(outcome: PlainOutcome, width: int, seen: set[str]) -> Iterator[str]:
    shown = with_explanations(outcome.plain or outcome.original, outcome.glosses, seen)
    yield from _wrapped(f"{outcome.position}. {shown}", width, "  ")
    if outcome.plain:
        yield from _wrapped(f"original: {outcome.original}", width, "     ")
    if outcome.time_frame:
        when = outcome.plain_time_frame
        yield from _wrapped(f"when: {f'{when} ({outcome.time_frame})' if when else outcome.time_frame}", width, "     ")
    if outcome.lost_signs:
        yield from _wrapped(f"! {outcome_note(outcome)}", width, "     ")


def outcome_note(outcome: PlainOutcome) -> str:
    """Return what to know of an outcome with lost signs."""
    return f"{outcome.lost_signs} lost sign{'s' if outcome.lost_signs > 1 else ''}: each “=” was “≥” or “≤”."


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "   ")


def readability_rows(plain: PlainRecord) -> list[tuple[str, Readability]]:
    """Return what was measured, with its label."""
    rows = (
        ("Criteria as written", plain.readability_original),
        ("Criteria as shown first here", plain.readability_plain),
        ("The same with the explanations", plain.readability_explained),
    )
    return [(label, measured) for label, measured in rows if measured]


def _figures(measured: Readability) -> str:
    return (
        f"Flesch-Kincaid grade {measured.grade:.1f}, Flesch ease {measured.ease:.0f}, SMOG {measured.smog:.1f}, "
        f"{measured.sentence_length:.0f} words a sentence, {measured.long_share:.0%} long words"
    )


def render_html(plain: PlainRecord) -> str:
    """Render a plain record as one HTML page that needs no script, no network and no other file.

    Examples
    --------
    >>> from myotrial.registry.record import TrialRecord
    >>> from myotrial.registry.plain.page import explain_record
    >>> page = render_html(explain_record(TrialRecord(form="invented", sha256="0", public_title="A <b>walk</b>")))
    >>> "A &lt;b&gt;walk" in page, "<script" in page, "For research; not medical advice" in page
    (True, False, True)
    """
    seen: set[str] = set()
    sections = [
        (*HEADINGS[kind], [(c, _cut(c.shown, c.glosses, seen), notes_of(c)) for c in criteria])
        for kind, criteria in groupby(plain.criteria, key=lambda criterion: criterion.kind)
    ]
    outcomes = [
        (ROLES[role], [(o, _cut(o.plain or o.original, o.glosses, seen)) for o in group])
        for role, group in groupby(plain.outcomes, key=lambda outcome: outcome.role)
    ]
    glosses: dict[str, Gloss] = {}
    for found in (*(c.glosses for c in plain.criteria), *(o.glosses for o in plain.outcomes)):
        for gloss in found:
            glosses.setdefault(gloss.term, gloss)
    return _environment().get_template("record.html.j2").render(
        plain=plain,
        about=ABOUT,
        disclaimer=DISCLAIMER,
        sections=sections,
        outcomes=outcomes,
        glosses=sorted(glosses.values(), key=lambda gloss: gloss.term.casefold()),
        readability=readability_rows(plain),
        outcome_note=outcome_note,
    )  # fmt: skip


def _cut(text: str, glosses: Sequence[Gloss], seen: set[str]) -> list[Segment]:
    return list(cut_at_terms(text, glosses, seen))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: data_file("plain", name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["anchor"] = lambda term: "term-" + "".join(c if c.isalnum() else "-" for c in term.lower())
    return environment
