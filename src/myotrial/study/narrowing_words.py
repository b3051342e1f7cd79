"""Which subjects of a study, as words: ``name=value``, what ``--only`` takes and what a page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.narrowing import narrowing_columns

EXPECTED = "name=value, for example sex=female, completed=yes or age_years=18..64"
FLAGS = {"yes": True, "no": False}


def read_only(words: Sequence[str] | None) -> dict[str, Any]:
    """Return what is wanted of the subjects, column by column; a column that stands several times has several values.

    Raises
    ------
    BadInput
        With every word that is not name=value or whose value does not suit the column.

    Examples
    --------
    >>> read_only(["sex=female", "site=01", "site=02", "age_years=18.."])
    {'sex': ['female'], 'site': ['01', '02'], 'age_years': (18.0, None)}
    """
    wanted: dict[str, Any] = {}
    faults = []
    for word in words or ():
        name, sign, value = (part.strip() for part in word.partition("="))
        column = narrowing_columns().get(name)
        if not sign or column is None or not value:
            faults.append(_fault("this does not choose subjects", word, did_you_mean(name, list(narrowing_columns()))))
        elif column.numeric:
            ends = _ends(value)
            if ends is None or name in wanted:
                faults.append(_fault("a range is lowest..highest, once", word))
            else:
                wanted[name] = ends
        elif column.kind == "flag" and value not in FLAGS:
            faults.append(_fault("the value is yes or no", word))
        else:
            wanted.setdefault(name, []).append(FLAGS[value] if column.kind == "flag" else value)
    if faults:
        raise BadInput(faults)
    return wanted


def show_only(wanted: Mapping[str, Any]) -> list[str]:
    """Return what is wanted as the words of ``--only``; the other way round than :func:`read_only`.

    Examples
    --------
    >>> show_only({"sex": ["female"], "age_years": (18, None), "completed": [True]})
    ['sex=female', 'age_years=18..', 'completed=yes']
    """
    words = []
    for name, value in wanted.items():
        if isinstance(value, tuple):
            words.append(f"{name}={'..'.join('' if end is None else f'{end:g}' for end in value)}")
        else:
            words += [f"{name}={ ({True: 'yes', False: 'no'}.get(entry, entry)) }" for entry in value]
    return words


def _ends(text: str) -> tuple[float | None, float | None] | None:
    low, dots, high = text.partition("..")
    try:
        return (float(low) if low else None, float(high) if high else None) if dots else None
    except ValueError:
        return None


def _fault(message: str, word: str, hint: str | None = None) -> Fault:
    return Fault("bad_option", message, column="--only", got=word, expected=EXPECTED, hint=hint)
