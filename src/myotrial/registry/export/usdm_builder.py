"""Instances of USDM classes with identifiers of their own, codes from the table, and notes on what was supposed."""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import Any

from myotrial.model.data import load_data
from myotrial.registry.compare.words import tokens

Instance = dict[str, Any]

NOT_STATED = "Not stated in the registry record"


@dataclass
class Builder:
    """Makes instances; counts identifiers; keeps notes."""

    notes: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def make(self, kind: str, **attributes: Any) -> Instance:
        """Return an instance of a class, with the next identifier of that class."""
        self.counts[kind] += 1
        return {"id": f"{kind}_{self.counts[kind]}"} | attributes | {"instanceType": kind}

    def note(self, words: str) -> None:
        """Keep a note, once."""
        if words not in self.notes:
            self.notes.append(words)

    def known(self, table: str, words: str | None) -> str | None:
        """Return the entry of a code table that the register's words name, if one does."""
        plain = " ".join(tokens(words or ""))
        return plain if plain != "source" and plain in load_data("registry", "usdm_codes.yaml")[table] else None

    def code(self, table: str, entry: str) -> Instance:
        """Return a code of a table."""
        codes = load_data("registry", "usdm_codes.yaml")
        value, decode = codes[table][entry]
        return self.make(
            "Code", code=value, codeSystem=codes["system"], codeSystemVersion=codes["version"], decode=decode
        )

    def code_or_unknown(self, table: str, words: str | None, what: str) -> Instance:
        """Return the code that words name; else the table's own for what is not stated, with a note."""
        entry = self.known(table, words)
        if entry is None:
            said = f"“{words}” has no code" if words else "not stated"
            self.note(f"{what}: {said}; USDM asks for a code, so it is written as unknown or other")
        return self.code(table, entry or "not stated")

    def alias(self, table: str, entry: str) -> Instance:
        """Return a code as a class that may have aliases."""
        return self.make("AliasCode", standardCode=self.code(table, entry), standardCodeAliases=[])

    def organisation(self, kind: str, name: str) -> Instance:
        """Return an organisation; a registry record gives no number for it, so its name identifies it."""
        return self.make(
            "Organization",
            name=name,
            label=name,
            type=self.code("organisation", kind),
            identifierScheme="name in the registry record",
            identifier=name,
            legalAddress=None,
            managedSites=[],
        )


def paragraph(text: str) -> str:
    """Return text as HTML, as USDM wants its texts.

    Examples
    --------
    >>> paragraph("score < 3")
    '<p>score &lt; 3</p>'
    """
    return f"<p>{escape(text, quote=False)}</p>"
