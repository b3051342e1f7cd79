"""Numbers as people write them in a table → numbers, or a fault with a hint.

One file writes its decimals in one way. A point is read in every file. A comma is read where commas do not
separate the columns, and where the file has more numbers that can only be meant so ("5,5", "0,125") than numbers
with a point; a point is then a fault. No thousands separator is read: "1,234" alone may be either.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

MISSING = frozenset({"", "na", "n/a", "nan", "null", "."})
"""What counts as missing in every column, in any letters: an empty cell and the words of R, SAS, pandas and SQL."""

DECIMAL_COMMA = r"^[+-]?\d*,\d+$"
GROUPED = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
DECIMAL_POINT = r"^[+-]?\d*\.\d+$"

NOT_MEASURED = frozenset({"nd", "n.d.", "not done", "missing", "unknown", "unk", "-", "--", "?", "none", "*"})
MONTH = re.compile(r"\d{1,2}[-. /]+[A-Za-zäÄ]{3,}\.?(\W*\d+)?|[A-Za-z]{3}[- ]\d{1,2}|\d{4}-\d\d-\d\d.*|\d+/\d+(/\d+)?")
LOOK_ALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
"""Letters that are typed for digits."""

WITH_UNIT = re.compile(r"[^\d]{0,6}?([+-]?\d+(?:[.,]\d+)?)\s*[^\d\s.,]*(?:/\w+)?")
DASHES = "−–—‐‑"
SPREADSHEET_ERROR = re.compile(r"#(REF|N/A|DIV/0|VALUE|NAME|NUM|NULL|SPILL|CALC)[!?]?|#+", re.IGNORECASE)


def has_decimal_commas(columns: Iterable[pl.Series]) -> bool:
    """Tell whether the numbers of a table are written with a decimal comma; the columns are text.

    Examples
    --------
    >>> has_decimal_commas([pl.Series(["5,5", "1,234"])]), has_decimal_commas([pl.Series(["1,234", "7"])])
    (True, False)
    """
    texts = [column.str.strip_chars() for column in columns]
    commas = sum(int((text.str.contains(DECIMAL_COMMA) & ~text.str.contains(GROUPED)).sum()) for text in texts)
    return commas > 0 and commas >= sum(int(text.str.contains(DECIMAL_POINT).sum()) for text in texts)


def parse_numbers(text: pl.Series, *, decimal_comma: bool) -> tuple[pl.Series, pl.Series | None]:
    """Convert text to numbers.

    Returns
    -------
    numbers, wrong
        Null where missing or unreadable; and a mark for each cell that is neither missing nor a number, or
        ``None`` where there is none.

    Examples
    --------
    >>> numbers, wrong = parse_numbers(pl.Series([" +5 ", "1e3", "NA", "5,5"]), decimal_comma=False)
    >>> numbers.to_list(), wrong.to_list()
    ([5.0, 1000.0, None, None], [False, False, False, True])
    """
    text = text.str.strip_chars()
    written = text
    if decimal_comma:
        written = text.set(text.str.contains(".", literal=True), "with a point").str.replace(",", ".", literal=True)
    numbers = written.cast(pl.Float64, strict=False)
    lost = text.is_not_null() & numbers.is_null()
    if not bool(lost.any()):
        return numbers, None
    wrong = lost & ~text.str.to_lowercase().is_in(list(MISSING))
    return numbers, wrong if bool(wrong.any()) else None


@lru_cache(maxsize=10_000)
def number_hint(text: str, *, decimal_comma: bool, separator: str | None) -> str | None:
    """Say what to write instead of a text that is not a number, where that can be guessed.

    Examples
    --------
    >>> number_hint("<5", decimal_comma=False, separator=",")
    'a value below or above the limit of detection: give the limit itself, or leave the cell empty'
    >>> number_hint("1,234", decimal_comma=False, separator=",")
    'is it 1234 or 1.234? write it in that way'
    >>> number_hint("٥٫٥", decimal_comma=False, separator=",")
    'the digits are those of another script: write 5.5'
    """
    if text.lower() in NOT_MEASURED:
        return "leave the cell empty where nothing was measured"
    if text[:1] in "<>≤≥~":
        return "a value below or above the limit of detection: give the limit itself, or leave the cell empty"
    if text[:1] in DASHES and _is_plain(text[1:]):
        return f"the sign is a dash of printed text: write -{text[1:]}"
    return (
        _letters_hint(text, "," if decimal_comma else ".")
        or _mark_hint(text, decimal_comma=decimal_comma, separator=separator)
        or _other_hint(text)
    )


def _letters_hint(text: str, mark: str) -> str | None:
    """Say how to write a number in the digits 0 to 9, and without what a screen does not show."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Cc"})
    plain = "".join(_in_ascii(letter, mark) for letter in seen)
    if plain == text or not _is_plain(plain):
        return None
    if plain == seen:
        return f"an invisible character stands in it: write {plain}"
    return f"the digits are those of another script: write {plain}"


def _in_ascii(letter: str, mark: str) -> str:
    """Return the digit, sign or decimal mark that a letter of any script is; other letters as they are."""
    if letter.isascii():
        return letter
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.digit(letter))
    return {"٫": mark, "．": mark, "，": mark, "－": "-", "＋": "+"}.get(letter, letter)


def _mark_hint(text: str, *, decimal_comma: bool, separator: str | None) -> str | None:
    """Say how to write a number that has another decimal mark than the file's, or a thousands separator."""
    mark, other = (",", ".") if decimal_comma else (".", ",")
    if re.fullmatch(r"[+-]?\d+([,.])\d{3}(\1\d{3})*([,.]\d+)?|[+-]?\d+[,.]\d+", text) is None:
        return None
    last = max(text.rfind(","), text.rfind("."))
    whole = text.replace(other, "")
    if {",", "."} <= set(text) or text.count(other) > 1:
        if {",", "."} <= set(text):
            whole = re.sub("[,.]", "", text[:last]) + mark + text[last + 1 :]
        return f"write {whole}, without a thousands separator"
    if re.fullmatch(GROUPED, text.replace(".", ",")):
        return f"is it {whole} or {text.replace(other, mark)}? write it in that way"
    if decimal_comma:
        return f"other numbers of the file have a decimal comma: write {text.replace('.', ',')}"
    plain = f"write {text.replace(',', '.')}"
    if separator == ",":
        return f"a decimal comma? {plain}, or separate the columns with semicolons"
    return f"other numbers of the file have a decimal point: {plain}" if separator else f"a decimal comma? {plain}"


def _other_hint(text: str) -> str | None:
    if SPREADSHEET_ERROR.fullmatch(text):
        return "an error of a spreadsheet: its formula, or the width of its column, needs a look"
    closed = re.sub(r"(?<=\d)[\s'’_](?=\d{3}(\D|$))", "", text)
    if closed != text and _is_plain(closed):
        return f"write {closed}, without a thousands separator"
    if MONTH.fullmatch(text):
        return "a date? a spreadsheet may have made one of a number: look at what was measured"
    figures = text.translate(LOOK_ALIKE)
    if figures != text and _is_plain(figures):
        return f"a letter among the digits: was it {figures}? look at what was measured"
    found = WITH_UNIT.fullmatch(text)
    if found and "%" in text:
        return "a percentage: give the value itself, in the unit of the column"
    return f"write the number alone: {found[1]}" if found else None


def _is_plain(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) is not None
