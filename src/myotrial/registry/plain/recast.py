"""Say one criterion in plain words, where every word of it is understood; leave it as it is where one is not."""

import re
from collections.abc import Sequence
from typing import Literal

from myotrial.model.source import Record
from myotrial.registry.comparators import LostComparator, LostPower
from myotrial.registry.criteria_items import CriterionItem, Kind
from myotrial.registry.plain.glossary import Gloss, find_terms
from myotrial.registry.plain.guard import changed
from myotrial.registry.plain.rules import load_grammar
from myotrial.registry.plain.tokens import cut, sentences

State = Literal["recast", "ambiguous", "sign lost", "cut off", "as written"]
"""What became of a criterion. Only ``recast`` says it in other words."""

_TAIL = re.compile(r"^(?P<body>.*?)[\s,;-]*\b(?P<join>and|or)\b[\s;:-]*$", re.IGNORECASE | re.DOTALL)
_MANY = re.compile(r"(your (?:platelets|neutrophils|white blood cells)) is\b")
_PLURAL = re.compile(r"\b(?!1 )(\d+) (day|week|month|year)\b(?! duration)")
_BARE = re.compile(r"(?<![<>=!≤≥])=(?![=<>])")


class PlainCriterion(Record):
    """One criterion, as written and in plain words.

    Attributes
    ----------
    kind, position, level, parent, flattened
        As in the item it was made from.
    original
        The criterion as written.
    state
        What became of it.
    plain
        The plain sentence, where ``state`` is ``recast``.
    form
        ``condition``: it is true of you or not. ``rule``: it must or may be done. ``list``: it announces the lines
        below it.
    glosses
        The terms in the sentence that is shown first (the plain one, else the original), with their places in it.
    readings
        Both ways an ambiguous criterion can be read.
    candidates
        Of a criterion with one lost sign: what it says with each sign that it may have been.
    lost
        Every lost sign or power in it: the words around it, and what it may have been.
    """

    kind: Kind
    position: int
    level: int
    parent: int | None = None
    flattened: bool = False
    original: str
    state: State
    plain: str | None = None
    form: Literal["condition", "rule", "list"] | None = None
    glosses: tuple[Gloss, ...] = ()
    readings: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The sentence that is shown first."""
        return self.plain or self.original


def recast_criterion(
    item: CriterionItem,
    *,
    myositis: bool = True,
    signs: Sequence[LostComparator] = (),
    powers: Sequence[LostPower] = (),
) -> PlainCriterion:
    """Say a criterion in plain words.

    Parameters
    ----------
    item
        The criterion.
    myositis
        Whether its record is about myositis.
    signs, powers
        The lost signs and powers that stand in it.

    Returns
    -------
    PlainCriterion
        With a plain sentence only where a rule accounts for every word, and where numbers, limits, units, negations,
        "and" and "or" are the same in both sentences.

    Examples
    --------
    >>> item = CriterionItem(kind="exclusion", position=1, level=0, text="No DM, CK > 4 x ULN", start=0, end=18)
    >>> recast_criterion(item).state
    'as written'
    >>> item = item.model_copy(update={"text": "MMT-8 score <= 142 or CK > 4 x ULN"})
    >>> print(*recast_criterion(item).plain.split(", "), sep=chr(10))
    Your muscle-strength test score (MMT-8) is 142 or less
    or your creatine kinase (CK) is more than 4 times the upper limit of normal.
    """
    readings = item.readings
    said = None if signs or powers or readings or item.cut_off else say(item.text, myositis=myositis)
    state: State = "as written"
    if signs or powers:
        state = "sign lost"
    elif item.cut_off:
        state = "cut off"
    elif readings:
        state = "ambiguous"
    elif said:
        state = "recast"
    plain, form = said or (None, None)
    return PlainCriterion(
        kind=item.kind,
        position=item.position,
        level=item.level,
        parent=item.parent,
        flattened=item.flattened,
        original=item.text,
        state=state,
        plain=plain,
        form=form,
        glosses=find_terms(plain or item.text, myositis=myositis),
        readings=tuple(str(reading) for reading in readings),
        candidates=_candidates(item, signs, powers, myositis=myositis),
        lost=tuple(_lost(sign) for sign in signs) + tuple(_lost_power(power) for power in powers),
    )


def say(text: str, *, myositis: bool) -> tuple[str, Literal["condition", "rule", "list"]] | None:
    """Return the plain words for a criterion and what kind of sentence they are; ``None`` where it is not understood.

    Examples
    --------
    >>> say("Known HIV infection", myositis=True)
    ('It is known that you have HIV infection.', 'condition')
    >>> say("Known HIV infection of the third kind", myositis=True) is None
    True
    """
    grammar = load_grammar(myositis=myositis)
    text = text.strip()
    if text.endswith(":"):
        plain = grammar.parse("HEAD", cut(text[:-1]))
        return _guarded(text, _sentence(plain, ":"), "list") if plain else None
    tail = _TAIL.match(text)
    body, join = (tail["body"], f", {tail['join'].lower()}") if tail else (text, ".")
    forms: list[Literal["condition", "rule"]] = []
    pieces = []
    for piece in sentences(body.rstrip(" ;,")):
        tokens = cut(piece)
        condition = grammar.parse("S", tokens)
        plain = condition or grammar.parse("RULE", tokens)
        if plain is None:
            return None
        forms.append("condition" if condition else "rule")
        pieces.append(_sentence(plain, "."))
    if not pieces:
        return None
    whole = " ".join(pieces).removesuffix(".") + join
    return _guarded(text, whole, "condition" if "condition" in forms else "rule")


def _sentence(plain: str, end: str) -> str:
    words = re.sub(r"\s+", " ", plain).strip()
    words = re.sub(r"\s+([,.;:)])", r"\1", words).replace("( ", "(")
    words = _PLURAL.sub(r"\1 \2s", _MANY.sub(r"\1 are", words))
    return words[:1].upper() + words[1:] + end


Form = Literal["condition", "rule", "list"]


def _guarded(original: str, plain: str, form: Form) -> tuple[str, Form] | None:
    return None if changed(original, plain) else (plain, form)


def _candidates(
    item: CriterionItem, signs: Sequence[LostComparator], powers: Sequence[LostPower], *, myositis: bool
) -> tuple[str, ...]:
    bare = list(_BARE.finditer(item.text))
    if len(signs) != 1 or len(bare) != 1 or powers or item.readings or item.cut_off:
        return ()
    ways = []
    for sign in signs[0].candidates:
        text = item.text[: bare[0].start()] + {">=": "≥", "<=": "≤"}.get(sign, sign) + item.text[bare[0].end() :]
        said = say(text, myositis=myositis)
        ways.append(said[0] if said else text)
    return tuple(ways)


_MEANING = {">=": "≥ (at least)", "<=": "≤ (at most)", "=": "= (equal to)"}


def _lost(sign: LostComparator) -> str:
    may = " or ".join(_MEANING[candidate] for candidate in sign.candidates)
    known = ""
    if sign.disputed:
        known = "; other records of the trial differ"
    elif sign.resolution and sign.resolution.status == "from_record":
        known = f"; another record of the trial has {_MEANING[sign.resolution.comparator]}: {sign.resolution.source}"
    elif sign.resolution:
        known = f"; a guess from what such limits mostly are: {_MEANING[sign.resolution.comparator]}"
    return f"“{sign.context.strip(' -')}”: the sign may have been {may}{known}"


def _lost_power(power: LostPower) -> str:
    return f"“{power.context.strip(' -')}”: {power.candidates[1]} may have been {power.candidates[0]}"
