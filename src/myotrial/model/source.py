"""Where a rule, a number or a file came from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Source(Record):
    """Where a published rule or number was read, and how sure that is.

    Attributes
    ----------
    citation
        The publication, register entry or page.
    where
        Table, figure, page or field in it.
    doi, pmid, pmcid
        Identifiers, where there are any.
    status
        ``read``: seen in the named source itself. ``second_hand``: read in a source that reports it.
        ``recalled``: known to people who know the paper, not re-read; it is a named option and is printed
        with every result that rests on it. ``ours``: no source says; a default of this software.
    note
        Anything a reader must know beside it.
    """

    citation: str
    where: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    status: Literal["read", "second_hand", "recalled", "ours"]
    note: str | None = None
