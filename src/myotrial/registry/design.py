"""The study design sentence: "Allocation: Randomized. Masking: Double (Participant, Investigator)."""

import re
from functools import lru_cache

from myotrial.model.source import Record

_KEYS = {
    "allocation": "allocation",
    "intervention model": "intervention_model",
    "observational model": "observational_model",
    "time perspective": "time_perspective",
    "primary purpose": "primary_purpose",
    "masking": "masking",
}
_OTHER_KEYS = ("endpoint classification",)
_KEY = re.compile(rf"\b({'|'.join([*_KEYS, *_OTHER_KEYS])})\s*:", re.IGNORECASE)
_WHO = re.compile(r"(?P<level>[^()]+)\((?P<who>[^()]*)\)")
_OPEN = ("none", "open", "no masking")


class Design(Record):
    """How a study is built, as registered; a part that is not stated is ``None``.

    Attributes
    ----------
    text
        The whole sentence as written.
    allocation, intervention_model, observational_model, time_perspective, primary_purpose, masking
        The register's own words for each part.
    who_is_masked
        The roles that are masked, in the register's words.
    """

    text: str
    allocation: str | None = None
    intervention_model: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    primary_purpose: str | None = None
    masking: str | None = None
    who_is_masked: tuple[str, ...] = ()


@lru_cache(1024)
def read_design(text: str) -> Design:
    """Read a study design sentence.

    Examples
    --------
    >>> design = read_design("Allocation: Randomized. Masking: Double (Participant, Investigator).")
    >>> design.allocation, design.masking, design.who_is_masked
    ('Randomized', 'Double', ('Participant', 'Investigator'))
    """
    written = text.strip()
    parts: dict[str, str] = {}
    keys = list(_KEY.finditer(written))
    ends = [key.start() for key in keys] + [len(written)]
    for key, end in zip(keys, ends[1:], strict=True):
        field = _KEYS.get(key[1].lower())
        value = written[key.end() : end].strip(" \t\xa0.,;")
        if field and value:
            parts.setdefault(field, value)
    masked: tuple[str, ...] = ()
    if "masking" in parts:
        parts["masking"], masked = _masking(parts["masking"])
    return Design(text=written, who_is_masked=masked, **parts)


def _masking(text: str) -> tuple[str, tuple[str, ...]]:
    found = _WHO.fullmatch(text)
    if not found or text.lower().startswith(_OPEN):
        return text, ()
    roles = tuple(role.strip() for role in found["who"].split(",") if role.strip())
    return found["level"].strip(), roles
