"""Every fault of a call at once: the checks of one estimator, run one after the other before anything is raised."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from myotrial.statistics._arguments import fault

P = ParamSpec("P")
T = TypeVar("T")

_REFUSED: Any = object()


class Checks:
    """Runs checks inside a ``with`` block, and raises at its end one ``ValueError`` with a line for each fault.

    Examples
    --------
    >>> from myotrial.statistics._arguments import as_numbers, check_conf_level
    >>> with Checks() as check:
    ...     check(check_conf_level, 95)
    ...     values = check(as_numbers, [1, None], "values")
    Traceback (most recent call last):
    ValueError: conf_level: got 95; expected a number above 0 and below 1; 95 % is 0.95
    values: got nan at position 1; expected finite numbers, none of them missing
    """

    def __init__(self) -> None:
        self._faults: list[str] = []

    def __call__(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``check`` returns; keep what it refuses.

        A check that stands on what was refused before is left out if that is a positional argument; as a keyword
        it is handed on as ``None``, for checks that can do without.
        """
        if any(value is _REFUSED for value in args):
            return _REFUSED  # type: ignore[no-any-return]
        known: Any = {name: None if value is _REFUSED else value for name, value in kwargs.items()}
        try:
            return check(*args, **known)
        except ValueError as error:
            self._faults.append(str(error))
            return _REFUSED  # type: ignore[no-any-return]

    def that(self, good: bool, name: str, got: object, expected: str) -> None:
        """Keep a fault where ``good`` is false."""
        if not good:
            self._faults.append(str(fault(name, got, expected)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._faults:
            raise ValueError("\n".join(self._faults))
