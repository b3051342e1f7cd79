"""Checks of arguments, shared by every estimator of this room: what was got, and what was expected."""

import math
import operator
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray


def fault(name: str, got: object, expected: str) -> ValueError:
    """Build the one error of this room: the argument, what it was, and what it should have been."""
    return ValueError(f"{name}: got {got}; expected {expected}")


def check_choice(value: str, name: str, choices: tuple[str, ...]) -> None:
    """Refuse a method name that is not one of ``choices``."""
    if value not in choices:
        raise fault(name, repr(value), "one of " + ", ".join(repr(choice) for choice in choices))


def check_conf_level(conf_level: float) -> None:
    """Refuse a confidence level that does not lie strictly between 0 and 1."""
    check_number(conf_level, "conf_level", "a number above 0 and below 1")
    if not 0 < conf_level < 1:
        hint = f"; {conf_level:g} % is {conf_level / 100:g}" if 1 < conf_level < 100 else ""
        raise fault("conf_level", conf_level, "a number above 0 and below 1" + hint)


def check_number(value: float, name: str, expected: str) -> float:
    """Return a single number as a float, or refuse what is none (NaN goes through: a comparison refuses it)."""
    if isinstance(value, str) or not isinstance(value, SupportsFloat):
        raise fault(name, repr(value), expected)
    return float(value)


def check_count(count: int, n: int, names: tuple[str, str] = ("count", "n")) -> tuple[int, int]:
    """Return ``count`` and ``n`` as whole numbers with 0 ≤ count ≤ n, or refuse them."""
    whole = []
    for value, name in zip((count, n), names, strict=True):
        whole.append(_whole(value, name))
    if whole[1] < 0:
        raise fault(names[1], whole[1], "0 or more")
    if not 0 <= whole[0] <= whole[1]:
        raise fault(names[0], whole[0], f"0 to {names[1]} = {whole[1]}")
    return whole[0], whole[1]


def _whole(value: float, name: str) -> int:
    """Return a whole number, also one that a frame holds as a float, or refuse it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise fault(name, repr(value), "a whole number") from None


def as_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return ``values`` as a one-dimensional array of finite numbers, or refuse them."""
    _refuse_masked(values, name)
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise fault(name, _not_a_number(values), "numbers, none of them missing") from None
    if array.ndim != 1:
        raise fault(name, f"{array.ndim} dimensions", "one dimension")
    finite = np.isfinite(array)
    if not finite.all():
        first, *others = np.flatnonzero(~finite).tolist()
        more = f" and in {len(others)} more" if others else ""
        raise fault(name, f"{array[first]} at position {first}{more}", "finite numbers, none of them missing")
    return array


def _not_a_number(values: Any) -> str:
    """Say which value, counted from 0, is the first that is no number."""
    for at, value in enumerate(np.asarray(values, dtype=object).ravel().tolist()):
        try:
            float(value)
        except (TypeError, ValueError):
            return f"{value!r} at position {at}"
    return "values that are not numbers"


def _refuse_masked(values: Any, name: str) -> None:
    """Refuse a masked array with something masked: plain NumPy would bring back what lies below the mask."""
    if np.ma.is_masked(values):
        raise fault(name, "masked values", "values, none of them missing")


def as_binary(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    """Return ``values``, which must be 0 or 1 (or false and true), as booleans, or refuse them."""
    array = as_numbers(values, name)
    wrong = (array != 0) & (array != 1)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise fault(name, f"{array[at]:g} at position {at}", "0 or 1")
    binary: NDArray[np.bool_] = array == 1
    return binary


def as_labels(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return ``values`` as a one-dimensional array of labels of one kind, none missing, or refuse them."""
    _refuse_masked(values, name)
    # A list goes in as objects: NumPy would turn ["a", nan] and ["a", 1] into strings in silence.
    array = np.asarray(values, dtype=object) if isinstance(values, list | tuple) else np.asarray(values)
    if array.ndim != 1:
        raise fault(name, f"{array.ndim} dimensions", "one dimension")
    if array.dtype.kind == "O":
        array = _labels_from_objects(array, name)
    missing = _missing_labels(array)
    if missing.any():
        raise _missing_label(array, missing, name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise fault(name, "an infinite value", "a label for every row")
    return array


def _missing_labels(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark NaN, NaT and empty strings (which is how SAS writes a missing one)."""
    kind = array.dtype.kind
    if kind == "U":
        return np.asarray(array == "")
    if kind in "mM":
        return np.asarray(np.isnat(array))
    return np.isnan(array) if kind == "f" else np.zeros(len(array), dtype=bool)


def _labels_from_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Turn an object array (strings from a frame, a list) into one of a plain kind."""
    labels = array.tolist()
    missing = np.array([_is_missing(label) for label in labels], dtype=bool)
    if missing.any():
        raise _missing_label(array, missing, name)
    kinds = {type(label) for label in labels}
    if not kinds:
        return array.astype(str)
    plain = np.asarray(labels)
    numbers = all(issubclass(kind, int | float | np.number) and not issubclass(kind, bool) for kind in kinds)
    if len(kinds) > 1 and not numbers:
        mixed = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise fault(name, f"labels of mixed kinds ({mixed})", "labels of one kind")
    if plain.dtype.kind == "O":
        raise fault(name, f"labels of kind {kinds.pop().__name__}", "strings, whole numbers or booleans")
    return plain


def _is_missing(label: object) -> bool:
    """Say whether a label is ``None``, NaN, NaT or the NA of pandas."""
    if isinstance(label, float | np.floating):
        return math.isnan(label)
    return label is None or type(label).__name__ in {"NAType", "NaTType"}


def _missing_label(array: NDArray[Any], missing: NDArray[np.bool_], name: str) -> ValueError:
    """Build the error that says where labels are missing."""
    first, *others = np.flatnonzero(missing).tolist()
    more = f" and in {len(others)} more" if others else ""
    what = "an empty string" if isinstance(array[first], str) else "a missing value"
    return fault(name, f"{what} at position {first}{more}", "a label for every row")


def check_same_length(**arrays: NDArray[Any] | None) -> int:
    """Refuse arrays of unequal length; return the common length. ``None`` (what was refused before) has none."""
    lengths = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise fault("lengths", got, "the same length for all")
    return next(iter(lengths.values()), 0)


def as_treated(arm: ArrayLike, reference: object | None) -> NDArray[np.bool_]:
    """Return true for every row outside the reference arm; there must be no more than two arms.

    With ``reference=None`` the arm must be coded 0 (reference) and 1.
    """
    if reference is None:
        try:
            return as_binary(arm, "arm")
        except ValueError as error:
            raise ValueError(f"{error}; or name the reference arm with reference=") from None
    labels = as_labels(arm, "arm")
    levels = np.unique(labels).tolist()
    if levels and reference not in levels:
        raise fault("reference", repr(reference), "one of the arms " + ", ".join(map(repr, levels)))
    if len(levels) > 2:
        raise fault("arm", f"{len(levels)} arms ({', '.join(map(repr, levels))})", "two arms")
    treated: NDArray[np.bool_] = labels != reference
    return treated
