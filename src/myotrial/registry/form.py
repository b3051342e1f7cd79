"""What a form of registry record is: how its text is recognised, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass

from myotrial.registry.record import TrialRecord


@dataclass(frozen=True, slots=True)
class Form:
    """A form that registry records come in.

    Attributes
    ----------
    title
        What people call it; it is also the record's ``form``.
    recognises
        Whether a text is of this form, judged by its content alone.
    read
        Turns such a text into a record. It never fails on a text that it recognises.
    """

    title: str
    recognises: Callable[[str], bool]
    read: Callable[[str], TrialRecord]
