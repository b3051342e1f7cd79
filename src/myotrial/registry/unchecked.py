"""Make and change records without checking them: for parts that a reader makes by the hundred from checked ones."""

from typing import Any, TypeVar

from pydantic import BaseModel

from myotrial.model.source import Record

Kind = TypeVar("Kind", bound=Record)
_set_fields, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)
_names: dict[type[Record], set[str]] = {}
"""The fields of a kind, all of them set; one for every record of it, as no record is ever changed."""


def make(kind: type[Kind], /, **fields: Any) -> Kind:
    """Return a record of a kind from all of its fields, unchecked; it equals one that was checked.

    Only for values of the right types: nothing is converted, no default is filled in, and no rule is asked.

    Examples
    --------
    >>> from myotrial.registry.parts import Anchor
    >>> make(Anchor, at=0, source=4, path=None) == Anchor(at=0, source=4)
    True
    """
    names = _names.get(kind)
    if names is None:
        names = _names[kind] = set(kind.model_fields)
    new = kind.__new__(kind)
    _set_fields(new, fields)
    _set_names(new, names)
    _set_extra(new, None)
    _set_private(new, None)
    return new


def changed(record: Kind, /, **fields: Any) -> Kind:
    """Return a record with some fields changed, unchecked.

    Examples
    --------
    >>> from myotrial.registry.parts import Anchor
    >>> changed(Anchor(at=0, source=4), at=2)
    Anchor(at=2, source=4, path=None)
    """
    return make(type(record), **{**record.__dict__, **fields})
