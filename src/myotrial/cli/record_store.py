"""``myotrial record add``, ``show``, ``list``, ``search`` and ``versions``: keep registry records and find them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from myotrial.cli.output import Format, show_faults, show_frame, show_json, show_note, show_table, show_text
from myotrial.cli.record_progress import show_progress
from myotrial.model.errors import BadInput
from myotrial.registry.store.asking import Filters
from myotrial.registry.store.picking import pick_version
from myotrial.registry.store.searching import MOST_RANKED, Found
from myotrial.registry.store.store import Store, Trial

Several = Annotated[list[str], Parameter(negative=())]
Files = Annotated[list[Path], Parameter(negative=())]
EXIT_FAULTS = 1
_WIDTH = 90


def add(paths: Files, *, store: Path | None = None, again: bool = False, format: Format = "table") -> int:  # noqa: A002
    """Keep every record of files and folders in the store; what it has already is not kept twice.

    An import that was broken off, however abruptly, goes on where it was when the same files are named again.
    Names and addresses of contact persons are not kept. The exit status is 1 where something could not be read.

    Parameters
    ----------
    paths
        Files in any form that `record read` reads, the WHO's whole export among them, and folders of such files.
    store
        The file of the store; without it the one that MYOTRIAL_STORE names, else one in your folder for programs' data.
    again
        Read files anew that were read to the end before.
    format
        What was done in words (table), as csv or as json.
    """
    with Store(store, writing=True) as kept:
        with show_progress() as tell:
            done = kept.add_files(paths, again=again, tell=tell)
        where = kept.path
    counts = {**asdict(done.taken), "resumed": done.resumed, "skipped_files": done.skipped_files}
    counts["faults"] = len(done.faults)
    if format == "table":
        show_text(f"{done.taken.records:,} records: {done.taken.new:,} new, {done.taken.changed:,} new versions, "
                  f"{done.taken.known:,} known already")  # fmt: skip
        if done.resumed:
            show_text(f"{done.resumed:,} had been taken in before the import was broken off")
        if done.skipped_files:
            show_text(f"files that had been read before: {done.skipped_files:,}; --again reads them anew")
    elif format == "csv":
        show_frame(pl.DataFrame([counts]), "csv")
    else:
        show_json({**counts, "store": str(where)})
    show_note(f"store: {where}")
    if done.faults:
        show_faults(BadInput(done.faults), as_json=format == "json")
    return EXIT_FAULTS if done.faults else 0


def show(trial: str, *, store: Path | None = None, version: str | None = None, format: Format = "table") -> None:  # noqa: A002
    """Show the records of a trial, by any number that a register gave it.

    Parameters
    ----------
    trial
        For example NCT04044690, 2018-003171-35 or NL-OMON55228.
    store
        The store; without it the one that MYOTRIAL_STORE names, else the one in your folder for programs' data.
    version
        The checksum (sha256) of one version, as "record versions" shows it, to see that one instead of the latest;
        its beginning is enough.
    format
        Cards side by side (table), one row per outcome (csv), or everything (json).
    """
    with Store(store) as kept:
        if version is not None:
            record = kept.get(pick_version(kept, trial, version).sha256)
            trials: tuple[Trial, ...] = (Trial(0, (record,), record.ids, ()),)
        else:
            trials = kept.trials(trial)
    records = [record for each in trials for record in each.records]
    if format == "json":
        show_json([{"trial": t.number, "numbers": t.numbers, "flags": [asdict(flag) for flag in t.flags],
                    "records": [record.to_dict() for record in t.records]} for t in trials])  # fmt: skip
    elif format == "csv":
        show_frame(pl.concat([record.to_frame() for record in records]), "csv")
    else:
        for each in trials:
            _show_trial(each)
    if len(trials) > 1:
        show_note(f"{trial} is named by {len(trials)} different trials; it links none of them")


def _show_trial(trial: Trial) -> None:
    labels = list(dict.fromkeys(label for record in trial.records for label, _ in record.facts()))
    cards = [dict(record.facts()) for record in trial.records]
    names = [f"{record.main_id} ({record.form})" for record in trial.records]
    if len(cards) == 1:
        show_table(("field", names[0]), [(label, cards[0][label]) for label in labels])
    else:
        show_text(f"{len(cards)} records of one trial: {', '.join(trial.numbers)}")
        for name, card in zip(names, cards, strict=True):
            show_text("")
            show_table(("field", name), list(card.items()))
    for flag in trial.flags:
        show_note(f"note: {flag.number}, named by {flag.main_id}, links nothing: {flag.reason}")


def list_(
    *,
    store: Path | None = None,
    condition: Several | None = None,
    status: Several | None = None,
    phase: Several | None = None,
    country: Several | None = None,
    register: Several | None = None,
    flagged: bool = False,
    limit: int = 50,
    offset: int = 0,
    format: Format = "table",  # noqa: A002
) -> None:
    """List the records of the store, those that were kept last first.

    Parameters
    ----------
    store
        The store; without it the one that MYOTRIAL_STORE names, else the one in your folder for programs' data.
    condition
        Words that stand in the condition; may be repeated, and one of them is enough. So it is with each filter.
    status
        recruiting, not_yet_recruiting, active_not_recruiting, completed, terminated ..., or a register's own word.
    phase
        0, early1, 1, 2, 3, 4 or na.
    country
        A country of recruitment.
    register
        The register's name, or the prefix of its numbers (NCT, CTIS, ISRCTN ...).
    flagged
        List instead the trial numbers that two different trials claim, and that therefore link nothing.
    limit
        How many at most.
    offset
        How many to pass over first.
    format
        table to read; csv or json for programs.
    """
    with Store(store) as kept:
        if flagged:
            rows = [asdict(flag) for flag in kept.flags()]
            _show_rows(rows, ("number", "main_id", "reason"), format)
            show_note(f"{len(rows)} numbers link nothing")
            return
        filters = _filters(condition, status, phase, country, register)
        found = kept.select(filters, limit=max(limit, 0), offset=max(offset, 0))
        _show_found(found, kept, format)


def search(
    words: list[str],
    *,
    store: Path | None = None,
    condition: Several | None = None,
    status: Several | None = None,
    phase: Several | None = None,
    country: Several | None = None,
    register: Several | None = None,
    limit: int = 20,
    offset: int = 0,
    format: Format = "table",  # noqa: A002
) -> None:
    """Find records by words in their titles, conditions, interventions, criteria and outcomes, the best first.

    A record must have every word. A phrase stands in quotes, which the shell must leave: '"immune globulin"'. The
    beginning of a word is enough with a star: myos*. Latest versions are searched.

    Parameters
    ----------
    words
        Every one must be in the record. A phrase: '"immune globulin"'. The beginning of a word: 'myos*'.
    store
        The store; without it the one that MYOTRIAL_STORE names, else the one in your folder for programs' data.
    condition
        Words that stand in the condition; may be repeated, and one of them is enough. So it is with each filter.
    status
        recruiting, not_yet_recruiting, active_not_recruiting, completed, terminated ..., or a register's own word.
    phase
        0, early1, 1, 2, 3, 4 or na.
    country
        A country of recruitment.
    register
        The register's name, or the prefix of its numbers (NCT, CTIS, ISRCTN ...).
    limit
        How many at most.
    offset
        How many to pass over first.
    format
        table to read; csv or json for programs.
    """
    with Store(store) as kept:
        filters = _filters(condition, status, phase, country, register)
        found = kept.search(" ".join(words), filters, limit=max(limit, 0), offset=max(offset, 0))
        _show_found(found, kept, format)


def versions(trial: str, *, store: Path | None = None, format: Format = "table") -> None:  # noqa: A002
    """List every version of the records that go by a number.

    Parameters
    ----------
    trial
        A number that a register gave the trial, for example NCT04044690.
    store
        The store; without it the one that MYOTRIAL_STORE names, else the one in your folder for programs' data.
    format
        table to read; csv or json for programs.
    """
    with Store(store) as kept:
        found = kept.versions(trial)
    rows = [asdict(version) for version in found]
    if format == "table":
        for row in rows:
            row["sha256"] = str(row["sha256"])[:12]
            row["read_anew"], row["latest"] = ("yes" if row[name] else "" for name in ("read_anew", "latest"))
    _show_rows(rows, tuple(rows[0]), format)


def _filters(*values: list[str] | None) -> Filters:
    return Filters(*(tuple(value or ()) for value in values))


def _show_found(found: Found, kept: Store, format: Format) -> None:  # noqa: A002
    rows: list[dict[str, object]] = [
        {
            "trial": hit.main_id,
            "status": hit.status,
            "records": kept.records_of(hit),
            "form": hit.form,
            "title": _short(hit.title) if format == "table" else hit.title,
        }
        for hit in found.hits
    ]
    _show_rows(rows, ("trial", "status", "records", "form", "title"), format)
    shown = f"more than {MOST_RANKED:,}" if found.records is None else f"{found.records:,}"
    show_note(f"records that fit: {shown}; shown: {len(rows):,}")
    if found.note:
        show_note(f"note: {found.note}")


def _short(title: str | None) -> str | None:
    return f"{title[:_WIDTH]}…" if title and len(title) > _WIDTH else title


def _show_rows(rows: list[dict[str, object]], columns: tuple[str, ...], format: Format) -> None:  # noqa: A002
    if format == "json":
        show_json(rows)
    elif format == "csv":
        show_frame(pl.DataFrame(rows, schema=None if rows else dict.fromkeys(columns, pl.String)), "csv")
    else:
        show_table(columns, [tuple(row.values()) for row in rows])
