"""What a batch becomes is what its records become one by one, worked out here with plain lists; however it is cut."""

import json
import random
import sqlite3
from pathlib import Path

import pytest

from myotrial.registry.record import TrialRecord
from myotrial.registry.store import store as store_module
from myotrial.registry.store.store import Store

TABLES = ("record", "version", "seen", "claim", "flag")
OF_THE_COPY = {"sha256", "number", "date_last_refreshed"}


def some_records(seed: int, count: int = 110) -> list[TrialRecord]:
    """Return records of few trials: copies, versions with and without dates, and numbers that are in dispute."""
    draw = random.Random(seed)  # noqa: S311
    forms = ("NCT{:08d}", "ISRCTN{:08d}", "EUCTR2018-{:06d}-35-NL", "Own trial {}")
    named = ("NCT{:08d}", "ISRCTN{:08d}", "2018-{:06d}-35")
    records = []
    for place in range(count):
        fields: dict[str, object] = {
            "form": draw.choice("aab"),
            "main_id": draw.choice(forms).format(draw.randrange(30) + 1),
            "secondary_ids": [
                draw.choice(named).format(draw.randrange(30) + 1) for _ in range(draw.choice((0, 0, 1, 2)))
            ],
            "public_title": draw.choice(("walk", "rash of the hand", "enzyme")),
            "sha256": f"copy {draw.randrange(50)}",
            "number": draw.choice((None, place, 3)),
        }
        if draw.random() < 0.4:
            year = draw.randrange(2015, 2020)
            fields["date_last_refreshed"] = {"text": str(year), "year": year}
        records.append(TrialRecord.model_validate(fields))
    return records


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    base = sqlite3.connect(path)
    try:
        found = {name: sorted(base.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}  # noqa: S608
        for index in ("words", "heads"):
            base.execute(f"INSERT INTO {index}({index}) VALUES('integrity-check')")
            base.execute(f"CREATE VIRTUAL TABLE temp.terms_{index} USING fts5vocab('main', '{index}', 'instance')")
            found[index] = sorted(base.execute(f"SELECT * FROM temp.terms_{index}"))  # noqa: S608
    finally:
        base.close()
    return found


def kept(path: Path, records: list[TrialRecord], batch: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, ...]:
    monkeypatch.setattr(store_module, "BATCH", batch)
    with Store(path, writing=True) as store:
        halves = [store.add(records[:80]), store.add(records[60:])]
    return tuple(sum(getattr(each, name) for each in halves) for name in ("records", "new", "changed", "known"))


@pytest.mark.parametrize("seed", range(4))
def test_it_does_not_matter_how_records_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    records = some_records(seed)
    counts = {batch: kept(tmp_path / f"{batch}", records, batch, monkeypatch) for batch in (1, 7, 200)}
    assert len(set(counts.values())) == 1
    one_by_one = dump(tmp_path / "1")
    assert one_by_one["flag"]
    assert dump(tmp_path / "7") == one_by_one
    assert dump(tmp_path / "200") == one_by_one


@pytest.mark.parametrize("seed", range(4, 8))
def test_versions_are_those_of_plain_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    records = some_records(seed)
    counts = kept(tmp_path / "s", records, 64, monkeypatch)
    versions: list[tuple[str, str]] = []  # in the order in which they came: of which record, what it says
    seen: set[tuple[int, int, str]] = set()
    sightings: dict[str, list[tuple[str, int, int]]] = {}
    new = changed = 0
    titles: list[str | None] = []
    taken = records[:80] + records[60:]
    for record in taken:
        said = record.model_dump_json(exclude=OF_THE_COPY)
        which = json.dumps([record.main_id, record.form])
        if (which, said) not in versions:
            changed += which in sightings
            new += which not in sightings
            versions.append((which, said))
            titles.append(record.public_title)
        version, number = versions.index((which, said)), record.number or 0
        if (version, number, record.sha256) not in seen:  # a copy that was seen before says nothing new
            seen.add((version, number, record.sha256))
            date = record.date_last_refreshed
            sightings.setdefault(which, []).append((str(date.year) if date and date.year else "", number, version))
    assert counts == (len(taken), new, changed, len(taken) - new - changed)
    latest = {which: titles[max(places)[-1]] for which, places in sightings.items()}
    with Store(tmp_path / "s") as store:
        hits = store.select(limit=1000).hits
    assert {json.dumps([hit.main_id, hit.form]): hit.title for hit in hits} == latest
