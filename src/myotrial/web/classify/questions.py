"""The facts of a classification as questions on a form, and the answers that come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from myotrial.criteria.classification.every import list_facts
from myotrial.criteria.classification.facts import list_sections, load_facts
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.errors import BadInput
from myotrial.web.forms import read_number
from myotrial.web.sheets import OPTION

DEFAULT = "eular-acr-2017"
BIOPSY: Mapping[str, Any] = {"auto": "auto", "yes": True, "no": False}
"""What the form may say of counting the biopsy → what the classification takes."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is asked: ``flag`` is yes, no or unknown; ``hint`` says what a number or a text may be."""

    name: str
    label: str
    kind: str
    hint: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request says: the classification, the facts that are known, and what no source settles."""

    criteria: str
    facts: Mapping[str, str]
    options: Mapping[str, Any]
    biopsy: str = "auto"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """Read the fields of a form; what is not known is left aside."""
        chosen = given.get("criteria") or given.get("chosen") or DEFAULT
        criteria = chosen if chosen in list_classifications() else DEFAULT
        texts = {name: given.get(name, "").strip()[:LONGEST] for name in load_facts() if name != "subject_id"}
        biopsy = given.get(f"{OPTION}biopsy", "auto")
        return cls(criteria, {name: text for name, text in texts.items() if text}, _options(criteria, given),
                   biopsy if biopsy in BIOPSY else "auto")  # fmt: skip

    def known(self) -> dict[str, Any]:
        """Return the facts as the classification takes them, a decimal comma read as a point."""
        numbers = {name for name, column in load_facts().items() if column.kind == "number"}
        found: dict[str, Any] = dict(self.facts)
        for name in numbers & set(found):
            value = read_number(found[name])
            found[name] = found[name] if value is None else value
        return found

    def chosen(self, criteria: str) -> dict[str, Any]:
        """Return the options of a classification: those of the form for its own, the defaults for any other."""
        own = dict(self.options) if criteria == self.criteria else {}
        return {**own, "biopsy": BIOPSY[self.biopsy]} if criteria == DEFAULT else own


def _options(criteria: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that a form states, as their values; a text that is no value is left to be refused."""
    found: dict[str, Any] = {}
    for name, option in load_classification(criteria).options.items():
        text = given.get(OPTION + name, "").strip()[:LONGEST]
        values = {str(choice): choice for choice in option.choices}
        number = None if option.choices else read_number(text)
        if text:
            found[name] = values.get(text, text if number is None else number)
    return found


@cache
def reads(criteria: str) -> frozenset[str]:
    """Return every fact that a classification reads, those that settle another included.

    Examples
    --------
    >>> "anti_srp" in reads("imnm-enmc-2016"), "ck_raised" in reads(DEFAULT)
    (True, True)
    """
    rows = list_facts(criteria).to_dicts()
    settling = {name for row in rows for name in row["settled_by"].split(", ") if name}
    return frozenset(settling | {row["fact"] for row in rows})


def ask(asked: Asked) -> tuple[dict[str, list[Question]], dict[str, list[Question]]]:
    """Return the facts that the classification asks for, by section, and all the others, by section.

    Examples
    --------
    >>> own, others = ask(Asked(DEFAULT, {}, {}))
    >>> [question.name for question in own["Skin"]], [question.name for question in others["Skin"]]
    (['heliotrope', 'gottron_papules', 'gottron_sign'], ['dm_rash', 'mechanics_hands'])
    """
    try:
        mine = set(list_facts(asked.criteria, options=asked.options)["fact"])
    except BadInput:  # an option that is not possible: the result tells it
        mine = set(list_facts(asked.criteria)["fact"])
    own: dict[str, list[Question]] = {}
    others: dict[str, list[Question]] = {}
    for label, names in list_sections().items():
        for found, kept in ((own, [name for name in names if name in mine]),
                            (others, [name for name in names if name not in mine])):  # fmt: skip
            if kept:
                found[label] = [_question(name) for name in kept]
    return own, others


def _question(name: str) -> Question:
    column = load_facts()[name]
    label = column.label[0].upper() + column.label[1:]
    return Question(name, label, column.kind, "" if column.kind == "flag" else column.expected())
