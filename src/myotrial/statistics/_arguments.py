"""Checks of arguments, shared by every estimator of this room: what was got, and what was expected."""

import operator
from typing import Any

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
    if not 0 < conf_level < 1:
        hint = f"; {conf_level:g} % is {conf_level / 100:g}" if 1 < conf_level < 100 else ""
        raise fault("conf_level", conf_level, "a number above 0 and below 1" + hint)


def check_count(count: int, n: int, names: tuple[str, str] = ("count", "n")) -> tuple[int, int]:
    """Return ``count`` and ``n`` as whole numbers with 0 ≤ count ≤ n, or refuse them."""
    whole = []
    for value, name in zip((count, n), names, strict=True):
        try:
            whole.append(operator.index(value))
        except TypeError:
            raise fault(name, repr(value), "a whole number") from None
    if whole[1] < 0:
        raise fault(names[1], whole[1], "0 or more")
    if not 0 <= whole[0] <= whole[1]:
        raise fault(names[0], whole[0], f"0 to {names[1]} = {whole[1]}")
    return whole[0], whole[1]


def as_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return ``values`` as a one-dimensional array of finite numbers, or refuse them."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise fault(name, "values that are not numbers", "numbers, none of them missing") from None
    if array.ndim != 1:
        raise fault(name, f"{array.ndim} dimensions", "one dimension")
    finite = np.isfinite(array)
    if not finite.all():
        at = int(np.flatnonzero(~finite)[0])
        raise fault(name, f"{array[at]} at position {at}", "finite numbers, none of them missing")
    return array


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
    array = np.asarray(values)
    if array.ndim != 1:
        raise fault(name, f"{array.ndim} dimensions", "one dimension")
    if array.dtype.kind == "O":
        array = _labels_from_objects(array, name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise fault(name, "a missing value", "a label for every row")
    return array


def _labels_from_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Turn an object array (strings from a frame) into one of a plain kind."""
    kinds = {type(label) for label in array.tolist()}
    if not kinds:
        return array.astype(str)
    if type(None) in kinds:
        raise fault(name, "a missing value", "a label for every row")
    if len(kinds) > 1:
        mixed = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise fault(name, f"labels of mixed kinds ({mixed})", "labels of one kind")
    return np.asarray(array.tolist())


def check_same_length(**arrays: NDArray[Any]) -> int:
    """Refuse arrays of unequal length; return the common length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise fault("lengths", got, "the same length for all")
    return next(iter(lengths.values()))


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
