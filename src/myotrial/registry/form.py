"""What a form of registry record is: how it is recognised, and how it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from myotrial.registry.record import TrialRecord


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form that is a page of text.

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


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A form that is a tree of named fields: JSON, XML, a row of CSV.

    Attributes
    ----------
    title
        What people call it; it is also the record's ``form``.
    recognises
        Whether a tree is of this form, judged by the names in it.
    read
        Turns such a tree into a record. It never fails on a tree that it recognises.
    """

    title: str
    recognises: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any]], TrialRecord]
