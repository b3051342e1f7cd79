"""The labels and headings by which pages of many sites call the fields of a record."""

import re
from functools import cache

from myotrial.model.data import load_data
from myotrial.registry.labelled_page import plain

BULLET = re.compile(r"[-•*–]\s*")


@cache
def labels() -> dict[str, str]:
    """Return each spelling of a label, in lower case, with the field it names."""
    table = load_data("registry", "pasted_labels.yaml")
    return {label: name for name, spellings in table["labels"].items() for label in spellings}


@cache
def sections() -> dict[str, str]:
    """Return each spelling of a heading, in lower case, with the section it opens."""
    table = load_data("registry", "pasted_labels.yaml")
    return {label: name for name, spellings in table["sections"].items() for label in spellings}


@cache
def starts(name: str) -> tuple[str, ...]:
    """Return how lines of a kind begin, in lower case."""
    return tuple(load_data("registry", "pasted_labels.yaml")[name])


@cache
def _glued() -> re.Pattern[str]:
    """Return the labels as they begin a line, with the value right behind: ``SexALL``, ``Trial IDNCT0...``."""
    names = sorted(labels(), key=len, reverse=True)
    spelled = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?P<label>(?i:{spelled}))(?P<gap>\s+ICMJE\s+|\s{{1,3}}|)(?P<value>\S.*)", re.DOTALL)


def key_of(text: str) -> str:
    """Return a line as a key: lower case, without its bullet and the marks after it.

    Examples
    --------
    >>> key_of("- What they’re measuring?")
    "what they're measuring"
    """
    words = re.sub(r"\s+ICMJE\b", "", BULLET.sub("", text, count=1) if BULLET.match(text) else text)
    return plain(words).replace("’", "'").rstrip("?").rstrip()


def find_label(text: str) -> tuple[str, int] | None:
    """Return the field a line's label names and where its value begins (the line's end: on the next line)."""
    if key_of(text) in labels():
        return labels()[key_of(text)], len(text)
    mark = BULLET.match(text)
    start = mark.end() if mark else 0
    head, colon, _ = text[start:].partition(":")
    if colon and len(head) < 60 and key_of(head) in labels():
        return labels()[key_of(head)], start + len(head) + 1
    found = _glued().match(text)
    if not found or not found["label"][0].isupper():
        return None
    value, label = found["value"], found["label"]
    name = labels()[label.lower()]
    if not found["gap"] and not (label[-1].islower() or value.startswith("NCT")):
        return None  # one word, such as INTERVENTIONAL
    if found["gap"].strip() or (not found["gap"] and (value[0].isupper() or value[0].isdigit() or value[0] in "≥>")):
        return name, found.start("value")
    many = " " in label and name.startswith(("date", "public", "scientific", "size", "enrolled"))
    return (name, found.start("value")) if found["gap"] and many and not value[0].islower() else None
