"""Rules that turn the words of a criterion into plain ones, and the parser that applies them.

A rule reads ``words of the register => plain words``. A parse spans every token from the first to the last, and each
rule says what becomes of each of its parts; so nothing is left out by accident. See ``data/plain/grammar``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from myotrial.registry.plain.tokens import Token

_SLOT = re.compile(r"<([A-Z_]+[+~]?)>")
_PIECE = re.compile(r"\[(?P<group>[^\]]*)\](?P<some>\?)?|(?P<one>\S+)")
_SAY = re.compile(r"\{([A-Z_]+[+~]?)(\d?)\}")
_JOINS = ("and", "or", "and/or")
CLASSES = {"N": "number", "UNIT": "unit"}
"""The slots that stand for a kind of token."""
DROPPED = frozenset({"WHO", "PEOPLE", "POSS"})
"""The slots that a rule may leave unsaid: "patients", "subjects", who are "you"."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say something: what is matched (words, and slots in brackets), and what is said."""

    match: tuple[str, ...]
    say: str


class Grammar:
    """The rules by name, ready to parse."""

    def __init__(self, rules: Mapping[str, Iterable[str]]) -> None:
        self.rules: dict[str, tuple[Rule, ...]] = {
            name: tuple(rule for line in lines for rule in read_rule(line)) for name, lines in rules.items()
        }
        self.vocabulary = {word for rules in self.rules.values() for rule in rules for word in rule.match} | {
            ",",
            ";",
            *_JOINS,
        }
        self._check()
        self.firsts = self._firsts()
        self.by_first = {name: self._index(name) for name in self.rules}

    def _check(self) -> None:
        known = {*self.rules, *CLASSES}
        used = {slot.rstrip("+~") for word in self.vocabulary for slot in _SLOT.findall(word)}
        if used - known:
            raise ValueError(f"rules that are named and not there: {', '.join(sorted(used - known))}")

    def _firsts(self) -> dict[str, set[str]]:
        """Return the words that each rule can begin with."""
        firsts: dict[str, set[str]] = {name: set() for name in self.rules}
        grows = True
        while grows:
            grows = False
            for name, rules in self.rules.items():
                found = set().union(*(self._first(rule.match[0], firsts) for rule in rules)) if rules else set()
                if not found <= firsts[name]:
                    firsts[name] |= found
                    grows = True
        return firsts

    @staticmethod
    def _first(part: str, firsts: Mapping[str, set[str]]) -> set[str]:
        slot = _SLOT.fullmatch(part)
        if not slot:
            return {part}
        name = slot[1].rstrip("+~")
        return {f"<{name}>"} if name in CLASSES else firsts[name]

    def _index(self, name: str) -> dict[str, list[tuple[int, Rule]]]:
        index: dict[str, list[tuple[int, Rule]]] = {}
        for place, rule in enumerate(self.rules[name]):
            for word in self._first(rule.match[0], self.firsts):
                index.setdefault(word, []).append((place, rule))
        return index

    def parse(self, name: str, tokens: Sequence[Token]) -> str | None:
        """Return what a rule says of all the tokens; ``None`` where no rule spans them.

        Examples
        --------
        >>> from myotrial.registry.plain.tokens import cut
        >>> small = Grammar({"S": ["age ≥ <N> => you are {N} or older", "no <C+> => you do not have {C+}"],
        ...                  "C": ["fever", "TB => tuberculosis"]})
        >>> small.parse("S", cut("Age >= 18")), small.parse("S", cut("No fever or TB")), small.parse("S", cut("Age 18"))
        ('you are 18 or older', 'you do not have fever or tuberculosis', None)
        """
        if not tokens or any(not self._knows(token) for token in tokens):
            return None
        return _Parse(self, tokens).at(name, 0).get(len(tokens))

    def _knows(self, token: Token) -> bool:
        return token.kind in {"number", "unit"} or token.norm in self.vocabulary


class _Parse:
    """One sentence being parsed. What was found at a place is kept, so no place is parsed twice."""

    def __init__(self, grammar: Grammar, tokens: Sequence[Token]) -> None:
        self.grammar, self.tokens = grammar, tokens
        self.known: dict[tuple[str, int], dict[int, str]] = {}

    def at(self, name: str, start: int) -> dict[int, str]:
        """Return where a rule can end that begins here, with what it says; the first rule that reaches an end wins."""
        key = (name, start)
        if key not in self.known:
            self.known[key] = {}  # a rule that begins with itself finds nothing
            self.known[key] = self._list(name, start) if name[-1] in "+~" else self._one(name, start)
        return self.known[key]

    def _one(self, name: str, start: int) -> dict[int, str]:
        if start >= len(self.tokens):
            return {}
        token = self.tokens[start]
        if name in CLASSES:
            return {start + 1: token.text} if token.kind == CLASSES[name] else {}
        index = self.grammar.by_first[name]
        heads = [*index.get(token.norm, ()), *index.get(f"<{_class(token)}>", ())]
        found: dict[int, str] = {}
        for _, rule in sorted(heads, key=lambda head: head[0]):
            for end, said in self._parts(rule.match, 0, start, ()):
                if end not in found:
                    found[end] = _filled(rule, said)
        return found

    def _parts(
        self, parts: Sequence[str], place: int, start: int, said: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        if place == len(parts):
            yield start, said
            return
        slot = _SLOT.fullmatch(parts[place])
        if not slot:
            if start < len(self.tokens) and self.tokens[start].norm == parts[place]:
                yield from self._parts(parts, place + 1, start + 1, said)
            return
        for end, words in self.at(slot[1], start).items():
            yield from self._parts(parts, place + 1, end, (*said, words))

    def _list(self, name: str, start: int) -> dict[int, str]:
        """Return lists of one thing: "a", "a, b", "a or b", "a, b, or c". The words that join them stay.

        A list that ends in ``~`` has no "and": "pregnant and nursing women" are mostly two kinds of women.
        """
        name, kind = name[:-1], name[-1]
        joins = _JOINS if kind == "+" else _JOINS[1:]
        found: dict[int, str] = {}
        waiting = [(end, words, "") for end, words in self.at(name, start).items()]
        while waiting:
            end, words, last = waiting.pop(0)
            if end in found:
                continue
            found[end] = words
            for after, sign, join in self._joins(end, last, joins):
                for further, more in self.at(name, after).items():
                    waiting.append((further, f"{words}{sign} {more}", join or last))
        return found

    def _joins(self, at: int, last: str, joins: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        """Yield how a list goes on. A list with "and" does not go on with "or": nobody could say what it means."""
        norms = [token.norm for token in self.tokens[at : at + 2]]
        if norms and norms[0] in joins and last in {"", norms[0]}:
            yield at + 1, f" {norms[0]}", norms[0]
        if norms and norms[0] in {",", ";"}:
            if len(norms) == 2 and norms[1] in joins and last in {"", norms[1]}:
                yield at + 2, f"{norms[0]} {norms[1]}", norms[1]
            elif not last and norms[1:] not in (["and"], ["or"], ["and/or"]):
                yield at + 1, norms[0], ""


def _class(token: Token) -> str:
    return next((name for name, kind in CLASSES.items() if kind == token.kind), "")


def _filled(rule: Rule, said: Sequence[str]) -> str:
    counts: dict[str, int] = {}
    values: dict[str, str] = {}
    slots = [slot[1] for part in rule.match if (slot := _SLOT.fullmatch(part))]
    for name, words in zip(slots, said, strict=True):
        counts[name] = counts.get(name, 0) + 1
        values[f"{name}{counts[name] if counts[name] > 1 else ''}"] = words
    return _SAY.sub(lambda found: values.get(found[1] + found[2], ""), rule.say)


def read_rule(line: str) -> Iterator[Rule]:
    """Yield the rules that a line stands for.

    ``a|b`` is either word, ``[a b|c]`` either phrase, ``?`` makes a word or a phrase optional, ``<X>`` is whatever the
    rules of that name match, ``<X+>`` a list of it. Without ``=>`` the words are said as they are.

    Examples
    --------
    >>> for rule in read_rule("[prior to|before] the? <X> => before {X}"):
    ...     print(rule.match)
    ('prior', 'to', 'the', '<X>')
    ('prior', 'to', '<X>')
    ('before', 'the', '<X>')
    ('before', '<X>')
    """
    source, arrow, say = (part.strip() for part in line.partition("=>"))
    asked = Counter(name for name in _SLOT.findall(source) if name not in DROPPED)
    said = Counter(name for name, _ in set(_SAY.findall(say)))
    if arrow and asked != said:
        raise ValueError(f"a rule says what it does not match, or drops what it does: {line}")
    choices = [_choices(piece) for piece in _PIECE.finditer(source)]
    for choice in product(*choices):
        words = tuple(word for phrase in choice for word in phrase)
        match = tuple(word if _SLOT.fullmatch(word) else word.lower() for word in words)
        yield Rule(match, say if arrow else _as_said(words))


def _choices(piece: re.Match[str]) -> list[tuple[str, ...]]:
    if piece["group"] is not None:
        ways = [tuple(way.split()) for way in piece["group"].split("|")]
        return [*ways, ()] if piece["some"] else ways
    word = piece["one"]
    optional = word.endswith("?") and len(word) > 1
    ways = [(way,) for way in (word[:-1] if optional else word).split("|")]
    return [*ways, ()] if optional else ways


def _as_said(words: Sequence[str]) -> str:
    """Return the words of a rule as what it says, each slot with its number."""
    counts: Counter[str] = Counter()
    said = []
    for word in words:
        slot = _SLOT.fullmatch(word)
        if slot:
            counts[slot[1]] += 1
            said.append(f"{{{slot[1]}{counts[slot[1]] if counts[slot[1]] > 1 else ''}}}")
        else:
            said.append(word)
    return " ".join(said)
