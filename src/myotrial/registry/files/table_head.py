"""The line of names of a WHO export in CSV: with commas, or as a spreadsheet saved it in another country."""

import csv
import itertools
import re
from collections.abc import Sequence

SEPARATORS = (",", ";", "\t", "|")
_TRIAL_FIRST = re.compile(
    r'^\s*"?(?:NCT\d{8}|ACTRN\d|ChiCTR|CTRI/|DRKS\d|EUCTR\d|IRCT|ISRCTN\d|JPRN|KCT\d|NL|NTR|PACTR|PER-|RBR-|RPCEC'
    r"|SLCTR|TCTR|LBCTR|CTIS|ITMCTR)[^,]{0,40},", re.IGNORECASE
)  # fmt: skip
_TELLS = re.compile(r"\A\s*sep=(.)[ \t]*(?:\r\n|\n|\r)", re.IGNORECASE)
_GAP = re.compile(r"[\s._]+")
_NAME = re.compile(r"[\w \t\r\n().#-]{0,80}")
_LONGEST = 20_000


def find_separator(text: str) -> str | None:
    """Return what parts the columns of a WHO export that begins so, ``None`` where it is no such table.

    Examples
    --------
    >>> find_separator("TrialID;Public title;url")
    ';'
    >>> find_separator("The TrialID, as they say, is not known") is None
    True
    """
    if told := _TELLS.match(text):
        text = text[told.end() :]
    start = text.lstrip("\r\n ")
    if "trial" not in start[:_LONGEST].lower() and not _TRIAL_FIRST.match(start):
        return None
    for separator in SEPARATORS:
        names = _first_row(start, separator)
        if len(names) > 1 and is_head(names):
            return separator
    return "," if _TRIAL_FIRST.match(start) and start.count(",") > 40 else None


def is_head(row: Sequence[str]) -> bool:
    """Whether a row is the line of names: one of them is the trial's identifier, and none is a sentence."""
    return "trialid" in {_GAP.sub("", name.lower()) for name in row} and all(_NAME.fullmatch(name) for name in row)


def tells_separator(row: Sequence[str]) -> bool:
    """Whether a row is the line by which a spreadsheet is told the separator."""
    return row[0].strip().lower().startswith("sep=") and not any(field.strip() for field in row[1:])


def _first_row(text: str, separator: str) -> list[str]:
    lines = text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)
    try:
        return next(csv.reader(itertools.islice(lines, 200), delimiter=separator), [])
    except csv.Error:
        return []
