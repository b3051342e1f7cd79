"""The grammar of plain language: the rules of the data files, with the glossary's terms in their places."""

from functools import cache

from myotrial.model.data import load_data
from myotrial.registry.plain.glossary import list_terms
from myotrial.registry.plain.grammar import Grammar
from myotrial.registry.plain.tokens import cut

FILES = ("statements", "directions", "conditions", "treatments", "measures", "quantities", "times", "outcomes")
"""The files of rules under ``data/plain/grammar``."""

_SLOTS = {"condition": "T_CONDITION", "drug": "T_DRUG", "measure": "T_MEASURE", "lab": "T_LAB"}


@cache
def load_grammar(*, myositis: bool) -> Grammar:
    """Return the grammar.

    Parameters
    ----------
    myositis
        Whether the record is about myositis, where "DM" is dermatomyositis.

    Examples
    --------
    >>> from myotrial.registry.plain.tokens import cut
    >>> load_grammar(myositis=True).parse("S", cut("Known DM or PM"))
    'it is known that you have dermatomyositis or polymyositis'
    >>> load_grammar(myositis=False).parse("S", cut("Known DM or PM")) is None
    True
    """
    rules: dict[str, list[str]] = {}
    for file in FILES:
        for name, lines in load_data("plain", "grammar", f"{file}.yaml")["rules"].items():
            rules.setdefault(name, []).extend(lines)
    for slot, lines in _terms(myositis=myositis).items():
        rules.setdefault(slot, []).extend(lines)
    return Grammar(rules)


def _terms(*, myositis: bool) -> dict[str, list[str]]:
    """Return a rule for every name of every term; a name may be followed by another of the same term in brackets."""
    rules: dict[str, list[str]] = {slot: [] for slot in _SLOTS.values()}
    for term in list_terms():
        if term.kind == "word":
            continue
        names = [_as_rule(name) for name in term.names(myositis=myositis)]
        said = term.say or term.name
        rules[_SLOTS[term.kind]] += [f"{name} => {said}" for name in names]
        rules[_SLOTS[term.kind]] += [f"{a} ( {b} ) => {said}" for a in names for b in names if a != b]
    return rules


def _as_rule(name: str) -> str:
    return " ".join(token.norm for token in cut(name))
