"""Exact numbers: a p-value on the edge of its level is rejected, whatever doubles make of the product.

Weights, transitions and levels are fractions inside the procedures. A double that is a simple fraction to the
last digit (0.1, 1/3) is taken for that fraction.
"""

from collections.abc import Sequence
from fractions import Fraction

Number = float | int | str | Fraction
"""A number as it is handed in; ``"1/3"`` and ``Fraction(1, 3)`` are thirds exactly."""

_LARGEST_DENOMINATOR = 10_000


def exact(value: Number) -> Fraction:
    """Return the fraction that was meant, or raise ``ValueError``, ``TypeError`` or ``OverflowError``.

    Examples
    --------
    >>> exact(0.1), exact(1 / 3), exact("2/7"), exact(0.0123456)
    (Fraction(1, 10), Fraction(1, 3), Fraction(2, 7), Fraction(1929, 156250))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str):
        return Fraction(value)
    number = float(value)
    simple = Fraction(number).limit_denominator(_LARGEST_DENOMINATOR)
    return simple if float(simple) == number else Fraction(repr(number))


def read_numbers(values: Sequence[Number], name: str, faults: list[str]) -> list[Fraction]:
    """Read numbers between 0 and 1; each that is not one adds a line to ``faults`` and stands as 0."""
    numbers = []
    for at, value in enumerate(values):
        try:
            number = exact(value)
        except (ValueError, TypeError, OverflowError, ZeroDivisionError):
            number = Fraction(-1)
        if not 0 <= number <= 1:
            faults.append(f"{name}, position {at + 1}: got {value!r}; expected a number from 0 to 1")
            number = Fraction(0)
        numbers.append(number)
    return numbers


def read_alpha(alpha: Number, faults: list[str]) -> Fraction:
    """Read the level, which lies strictly between 0 and 1."""
    try:
        number = exact(alpha)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        number = Fraction(0)
    if not 0 < number < 1:
        faults.append(f"alpha: got {alpha!r}; expected a number above 0 and below 1")
    return number


def read_names(names: Sequence[str] | None, m: int, faults: list[str]) -> tuple[str, ...]:
    """Return the names of ``m`` hypotheses: H1, H2, … where none are given."""
    if m == 0:
        faults.append("hypotheses: got none; expected at least one")
    if names is None:
        return tuple(f"H{at + 1}" for at in range(m))
    if len(names) != m:
        faults.append(f"names: got {len(names)}; expected one for each of {m} hypotheses")
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        faults.append(f"names: got {', '.join(twice)} more than once; expected a name of its own for each hypothesis")
    return tuple(names)


def refuse(faults: list[str]) -> None:
    """Raise one ``ValueError`` that holds every fault, if there is any."""
    if faults:
        raise ValueError("\n".join(faults))
