"""An import that is killed at any moment loses nothing, and goes on to the same store; two at once do no harm."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from myotrial.registry.store.store import Store

IMPORT = """
import sys
from myotrial.registry.store import importing
from myotrial.registry.store.store import Store
importing.BATCH = 20
with Store(sys.argv[1], writing=True) as store:
    print("open", flush=True)
    done = store.add_files(sys.argv[2:])
print(done.taken.records, done.resumed, len(done.faults))
"""
TABLES = ("source", "record", "claim", "flag", "fault")


def begin(store: Path, *files: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", IMPORT, str(store), *map(str, files)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def dump(store: Path) -> dict[str, object]:
    """Everything in a store but the day of the import, the index with the place of each word included."""
    base = sqlite3.connect(store)
    try:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        found: dict[str, object] = {
            name: base.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()  # noqa: S608
            for name in TABLES
        }
        found["version"] = base.execute("SELECT * FROM version ORDER BY id").fetchall()
        found["seen"] = base.execute("SELECT version, source, number, sha256, refreshed FROM seen").fetchall()
        for index in ("words", "heads"):
            base.execute(f"INSERT INTO {index}({index}) VALUES('integrity-check')")
            base.execute(f"CREATE VIRTUAL TABLE temp.terms_{index} USING fts5vocab('main', '{index}', 'instance')")
            found[index] = sorted(base.execute(f"SELECT * FROM temp.terms_{index}").fetchall())  # noqa: S608
    finally:
        base.close()
    return found


@pytest.fixture(scope="module")
def files(export: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("exports")
    bad = folder / "b.csv"
    lines = export(bad, 40, seed=2).read_text(encoding="utf-8").splitlines()
    bad.write_text("\n".join([*lines, "cut,off"]), encoding="utf-8")
    return [export(folder / "a.csv", 260), bad]


@pytest.fixture(scope="module")
def whole(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Return the store of an import that nothing broke off."""
    store = tmp_path_factory.mktemp("whole") / "records.sqlite"
    process = begin(store, *files)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out.splitlines()[-1]) == (0, "300 0 1"), err
    return dump(store)


def rows(whole: dict[str, object], table: str) -> list[tuple[object, ...]]:
    found = whole[table]
    assert isinstance(found, list)
    return found


def test_the_whole_import_is_what_the_files_hold(whole: dict[str, object]) -> None:
    assert len(rows(whole, "seen")) == 300
    assert len({row[3] for row in rows(whole, "record")}) == len(rows(whole, "record"))
    assert len(rows(whole, "version")) > len(rows(whole, "record"))
    assert [row[3] for row in rows(whole, "fault")] == ["wrong_width"]
    assert rows(whole, "flag")


def taken(store: Path) -> int:
    """How many records are said to be taken; every one of them is there, and no other."""
    base = sqlite3.connect(store)
    try:
        if not base.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return 0
        base.execute("BEGIN")  # one state, while the other process writes
        said, kept, unreadable, shown = base.execute(
            "SELECT (SELECT coalesce(sum(taken), 0) FROM source), (SELECT count(*) FROM seen), "
            "(SELECT count(*) FROM (SELECT DISTINCT source, number FROM fault)), "
            "(SELECT count(DISTINCT record) FROM version)"
        ).fetchone()
        assert base.execute("SELECT count(*) FROM words").fetchone() == (shown,)
        assert base.execute("SELECT count(*) FROM heads").fetchone() == (shown,)
    finally:
        base.close()
    assert said == kept + unreadable
    return int(said)


def test_killed_at_random_moments(files: list[Path], whole: dict[str, object], tmp_path: Path) -> None:
    draw = random.Random(1)  # noqa: S311
    store = tmp_path / "records.sqlite"
    reached = [0]
    while reached[-1] < 200 and len(reached) < 8:
        process = begin(store, *files)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        more = draw.choice((0, 20, 40, 60))
        while taken(store) < reached[-1] + more and process.poll() is None:
            time.sleep(0.005)
        time.sleep(draw.uniform(0, 0.03))
        process.kill()  # SIGKILL: nothing of the process runs any more
        process.communicate(timeout=60)
        base = sqlite3.connect(store)
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        base.close()
        assert taken(store) >= reached[-1]
        reached.append(taken(store))
    assert len(set(reached)) > 2
    process = begin(store, *files)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert out.split()[-2] == str(reached[-1])
    assert dump(store) == whole


def test_two_processes_at_once(files: list[Path], whole: dict[str, object], tmp_path: Path) -> None:
    store = tmp_path / "records.sqlite"
    both = [begin(store, *files) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    found = dump(store)
    assert found["version"] == whole["version"]
    assert found["record"] == whole["record"]
    assert (found["words"], found["heads"]) == (whole["words"], whole["heads"])
    with Store(store) as kept:
        assert kept.select(limit=1).records == len(rows(whole, "record"))
