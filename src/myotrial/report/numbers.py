"""Every number of a report is written here: rounded half away from zero, never NaN."""

import math
from decimal import ROUND_HALF_UP, Decimal

NOT_ESTIMABLE = "not estimable"
NO_VALUE = "–"
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"


def round_half_away(number: float | Decimal, places: int) -> Decimal:
    """Round the decimal that a number is printed as; a half goes away from zero.

    Examples
    --------
    >>> round_half_away(2.675, 2), round_half_away(-0.05, 1)
    (Decimal('2.68'), Decimal('-0.1'))
    """
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


def write_number(number: float | Decimal | None, places: int = 1, *, missing: str = NO_VALUE) -> str:
    """Write a number with a fixed count of decimals and a true minus sign.

    Examples
    --------
    >>> write_number(0.125, 2), write_number(-0.05), write_number(-0.04), write_number(None)
    ('0.13', '−0.1', '0.0', '–')
    """
    if number is None or not math.isfinite(number):
        return missing
    return f"{round_half_away(number, places):f}".replace("-", MINUS)


def write_percent(share: float | None, *, missing: str = NO_VALUE) -> str:
    """Write a share between 0 and 1 as a percentage.

    Examples
    --------
    >>> write_percent(0.0625).replace(SPACE, " ")
    '6.3 %'
    """
    text = write_points(share, missing=missing)
    return text if text == missing else f"{text}{SPACE}%"


def write_points(share: float | None, *, missing: str = NO_VALUE) -> str:
    """Write a share, or a difference of two, as percentage points without their unit."""
    if share is None or not math.isfinite(share):
        return missing
    return write_number(Decimal(repr(float(share))) * 100, 1)


def write_significant(number: float | None, digits: int = 3, *, missing: str = NO_VALUE) -> str:
    """Write a number with a fixed count of significant digits: rates, which can be small.

    Examples
    --------
    >>> write_significant(0.0366259), write_significant(0.00999999), write_significant(1234.5), write_significant(0)
    ('0.0366', '0.0100', '1230', '0')
    """
    if number is None or not math.isfinite(number):
        return missing
    if number == 0:
        return "0"
    exact = Decimal(repr(float(number)))
    rounded = round_half_away(exact, digits - 1 - exact.adjusted())
    return write_number(rounded, max(0, digits - 1 - rounded.adjusted()))


def write_p(p_value: float | None) -> str:
    """Write a p-value with its sign of relation.

    Examples
    --------
    >>> [write_p(value).replace(SPACE, " ") for value in (0.0004, 0.0305, 0.99999)]
    ['p < 0.001', 'p = 0.031', 'p > 0.999']
    """
    told = write_p_value(p_value)
    if told == NOT_ESTIMABLE:
        return f"p {told}"
    return f"p{SPACE}{told}" if told[0] in "<>" else f"p{SPACE}={SPACE}{told}"


def write_p_value(p_value: float | None) -> str:
    """Write a p-value for a table row that says what it is.

    Examples
    --------
    >>> [write_p_value(value).replace(SPACE, " ") for value in (0.0004, 0.0305, 0.99999)]
    ['< 0.001', '0.031', '> 0.999']
    """
    if p_value is None or not math.isfinite(p_value):
        return NOT_ESTIMABLE
    if p_value < 0.001:
        return f"<{SPACE}0.001"
    if p_value >= 0.9995:
        return f">{SPACE}0.999"
    return write_number(p_value, 3)


def write_count(number: float | None) -> str:
    """Write a whole number: subjects, days."""
    return write_number(number, 0)


def write_week(week: float | None) -> str:
    """Write a week as short as it is exact.

    Examples
    --------
    >>> write_week(25.0), write_week(12.5)
    ('25', '12.5')
    """
    return NO_VALUE if week is None else f"{week:g}".replace("-", MINUS)


def write_level(conf_level: float | None) -> str:
    """Write a confidence level, for example "95 %"; 95 % where none is given."""
    percent = (Decimal(repr(float(conf_level if conf_level is not None else 0.95))) * 100).normalize()
    return f"{percent:f}{SPACE}%"
