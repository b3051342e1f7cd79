"""The names of a table's columns: missing, nearly right, or the same measure twice."""

import re
from collections.abc import Iterable, Sequence

from myotrial.model.errors import Fault, did_you_mean
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import Column, Table


def heading_faults(raw: RawTable, table: Table) -> list[Fault]:
    """Return every fault of the column names.

    A required column that is missing is a fault. An optional one that is missing is a fault where a column that
    is not known has its name in other letters ("CK_U_per_L") or one letter away from it: it would be lost.
    """
    strangers = unread_columns(raw, table)
    absent = [column for column in table.columns if raw.find(column) is None]
    required = [column for column in absent if column.required]
    if not any(raw.find(column) for column in table.columns) and not any(
        _nearest(column, strangers) for column in absent
    ):
        return [_no_column(raw, table, strangers)]
    faults = [_missing(raw, column, strangers) for column in required]
    faults += _same_twice(raw, table)
    taken = {name for name in strangers if any(_nearest(column, strangers) == name for column in required)}
    for name in strangers:
        meant = next((known for column in absent for known in _names(column) if _is_slip(name, known)), None)
        if meant and name not in taken:
            faults.append(
                raw.fault("unknown_column", "the column is not known, and nearly has the name of one that is", None,
                          shown(name), hint=f"did you mean {meant}?")
            )  # fmt: skip
    return faults


def unread_columns(raw: RawTable, table: Table) -> list[str]:
    """Return the columns of the file that no column of the table takes."""
    return [name for name in raw.frame.columns if name not in table.names]


def unread_note(raw: RawTable, table: Table) -> list[str]:
    """Return the note about the columns that are not read, with a likely name for each that has one."""
    strangers = unread_columns(raw, table)
    if not strangers:
        return []
    absent = [name for column in table.columns if raw.find(column) is None for name in _names(column)]
    words = []
    for name in strangers:
        hint = did_you_mean(name, absent, cutoff=0.82)
        words.append(f"{shown(name)} ({hint})" if hint else shown(name))
    return [f"{raw.file}: columns that were not read: {', '.join(words)}"]


def _no_column(raw: RawTable, table: Table, strangers: Sequence[str]) -> Fault:
    return raw.fault(
        "no_known_column",
        "none of the columns is known",
        None,
        None,
        shown(", ".join(strangers)) or None,
        ", ".join(column.name for column in table.columns if column.required) + " and others",
        "is this another table, or is its first line not the one with the column names?",
    )


def _missing(raw: RawTable, column: Column, strangers: Sequence[str]) -> Fault:
    near = _nearest(column, strangers)
    scaled = "divide its values by 10 and " if near and column.vas and re.search(r"(^|[\W_])mm($|[\W_])", near) else ""
    hint = f"is it {shown(near)}? then {scaled}name it {column.name}" if near else None
    return raw.fault("missing_column", "a required column is missing", None, column.name,
                     expected=f"{column.label}, {column.expected()}", hint=hint)  # fmt: skip


def _same_twice(raw: RawTable, table: Table) -> list[Fault]:
    return [
        raw.fault("two_units", f"{column.label} is given twice, in two units", None, column.alternate.name,
                  expected=f"either {column.name} or {column.alternate.name}", hint="delete one of the two columns")
        for column in table.columns
        if column.alternate and {column.name, column.alternate.name} <= set(raw.frame.columns)
    ]  # fmt: skip


def _names(column: Column) -> list[str]:
    return [column.name, column.alternate.name] if column.alternate else [column.name]


def _nearest(column: Column, strangers: Iterable[str]) -> str | None:
    """Return the unknown column whose name is most like a known one's, in whatever letters it is written."""
    plain = {_plain(name): name for name in strangers}
    for known in _names(column):
        near = did_you_mean(known, list(plain), cutoff=0.75)
        if near:
            return plain[near.removeprefix("did you mean ").removesuffix("?")]
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("/", "_per_")).strip("_")


def _is_slip(name: str, known: str) -> bool:
    """Tell whether a name is a known one in other letters, or a slip of the finger away from it.

    Another first word is another thing (``alp_u_per_l`` is not ``alt_u_per_l``), and so is a short name.
    """
    plain = _plain(name)
    if plain == known:
        return True
    first, _, rest = known.partition("_")
    same_start = plain.partition("_")[0] == first if rest else len(known) > 4
    return same_start and _is_one_away(plain, known)


def _is_one_away(a: str, b: str) -> bool:
    """Tell whether one letter more, less, other, or two swapped turn one text into the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped
