"""What every page is made of: tables, options, numbered sources."""

from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.model.options import Option
from myotrial.model.source import Source

STATUS = {
    "read": "read in the source",
    "second_hand": "read in a source that reports it",
    "recalled": "recalled, not re-read",
    "ours": "no source says; a default of this software",
}


class Sources:
    """The sources that a page has used, numbered in the order in which they came."""

    def __init__(self) -> None:
        self._held: list[Source] = []

    def mark(self, source: Source | Mapping[str, Any]) -> str:
        """Return the number of a source and how sure it is."""
        held = source if isinstance(source, Source) else Source(**source)
        if held not in self._held:
            self._held.append(held)
        return f"[{self._held.index(held) + 1}] {held.status.replace('_', ' ')}"

    def listed(self) -> str:
        """Return all of them as a list."""
        return "\n".join(f"{number}. {_written(source)}" for number, source in enumerate(self._held, start=1))


def _written(source: Source) -> str:
    named = [source.doi and f"doi:{source.doi}", source.pmcid, source.pmid and f"PMID {source.pmid}"]
    more = [source.where, *(name for name in named if name and name.split(":")[-1] not in source.citation), source.note]
    return f"**{STATUS[source.status]}**: " + "; ".join([source.citation, *(part for part in more if part)])


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown; a column that is empty in every row is left out."""
    names, cells = list(head), [list(row) for row in rows]
    kept = [place for place in range(len(names)) if not cells or any(row[place] for row in cells)]
    lines = [[names[place] for place in kept], *([row[place].replace("|", "\\|") for place in kept] for row in cells)]
    written = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(kept), *written[1:]])


def section(title: str, *parts: str) -> list[str]:
    """Return a heading and what stands below it; nothing where nothing does."""
    held = [part for part in parts if part]
    return [f"## {title}", *held] if held else []


def options_table(options: Mapping[str, Option], sources: Sources, *, stated: bool = False) -> str:
    """Return options with their defaults; ``stated`` says that one without a default has to be given."""
    if not options:
        return ""
    rows = (
        (
            f"`{name}`",
            option.label,
            default_of(option, stated=stated),
            "; ".join(f"{plain(key)}: {text}" for key, text in option.choices.items() if key != option.default)
            or f"{option.low:g} to {option.high:g}" * isinstance(option.default, int | float)
            or "any",
            sources.mark(option.source),
        )
        for name, option in options.items()
    )
    return table(("option", "what it settles", "default", "other choices", "source"), rows)


def default_of(option: Option, *, stated: bool) -> str:
    """Return the default with what it means."""
    if option.default is None:
        return "none: it has to be stated" if stated else "not stated"
    meaning = next((text for choice, text in option.choices.items() if choice == option.default), None)
    return plain(option.default) + (f": {meaning}" if meaning else "")


def plain(value: object) -> str:
    """Return a value as it is written in a data file."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def made(kind: str, name: str, sha256: str | None) -> str:
    """Say from which data file a page was made."""
    return f"Made by `make pages` from the {kind} `{name}`; SHA-256 of its data file `{sha256}`."


def page(title: str, parts: Iterable[str], sources: Sources) -> str:
    """Put a page together, its sources at the end."""
    return "\n\n".join([f"# {title}", *parts, "## Sources", sources.listed()]) + "\n"
