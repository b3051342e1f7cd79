"""What is kept, how records are linked, what is refused."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.identifiers import find_identifiers
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord
from myotrial.registry.store import schema
from myotrial.registry.store.content import record_from, searched_text, unpack
from myotrial.registry.store.preparing import prepare
from myotrial.registry.store.schema import VERSION, default_path
from myotrial.registry.store.store import Store

Make = Callable[..., TrialRecord]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.sqlite", writing=True) as opened:
        yield opened


def groups(store: Store, *names: str) -> list[set[str]]:
    """Return the trials, each as the numbers of its records."""
    found: list[set[str]] = []
    for name in names:
        trial = {record.main_id or "" for record in store.trials(name)[0].records}
        found += [trial] if trial not in found else []
    return found


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("NCT04044690", ["NCT04044690"]),
        ("nct 04044690 (ClinicalTrials.gov)", ["NCT04044690"]),
        ("XNCT04044690", []),
        ("NCT040446901", []),
        ("EUCTR2018-003171-35-NL", ["2018-003171-35"]),
        ("EUCTR2016-004133-25-Outside-EU/EEA", ["2016-004133-25"]),
        ("2024-516057-42-00", ["2024-516057-42"]),
        ("2014/2204", []),
        ("2023-A00386-39", []),
        ("10.1186/ISRCTN20343063", ["ISRCTN20343063"]),
        ("NL-OMON55228", ["NL-OMON55228"]),
        ("NL62543.056.17", []),
        ("UMIN000012345", ["JPRN-UMIN000012345"]),
        ("JPRN-jRCTs031180024", ["JPRN-JRCTS031180024"]),
        ("ChiCTR-TRC-13003178", ["CHICTRTRC13003178"]),
        ("ChiCTR2000029953", ["CHICTR2000029953"]),
        ("ACTRN12617001086358p", ["ACTRN12617001086358"]),
        ("DRKS00017475", ["DRKS00017475"]),
        ("U1111-1183-5556", ["U1111-1183-5556"]),
        ("CTRI/2020/03/023959", ["CTRI/2020/03/023959"]),
        ("RBR-96cy3k", ["RBR-96CY3K"]),
        ("U1111-0000-0000", []),
        ("SU-31256", []),
    ],
)
def test_numbers(text: str, keys: list[str]) -> None:
    assert [found.key for found in find_identifiers(text)] == keys


def test_links_go_from_number_to_number_in_any_order(tmp_path: Path, record: Make) -> None:
    records = [
        record("NCT00000001", "2018-003171-35"),
        record("EUCTR2018-003171-35-NL", "NL-OMON00001"),
        record("EUCTR2018-003171-35-DE"),
        record("NL-OMON00001"),
        record("NCT00000001", form="another"),
        record("NCT00000002"),
    ]
    for place, order in enumerate(itertools.islice(itertools.permutations(records), 0, 720, 31)):
        with Store(tmp_path / f"{place}.sqlite", writing=True) as store:
            for one in order:
                store.add([one])
            assert groups(store, "NL-OMON00001", "NCT00000002") == [
                {"NCT00000001", "EUCTR2018-003171-35-NL", "EUCTR2018-003171-35-DE", "NL-OMON00001"},
                {"NCT00000002"},
            ]
            assert len(store.trials("2018-003171-35")[0].records) == 5
            assert store.flags() == ()


def test_a_number_that_two_trials_of_one_register_name_links_neither(tmp_path: Path, record: Make) -> None:
    records = [
        record("NCT00000001", "2018-003171-35"),
        record("NCT00000002", "2018-003171-35"),
        record("EUCTR2018-003171-35-NL"),
    ]
    for place, order in enumerate(itertools.permutations(records)):
        with Store(tmp_path / f"{place}.sqlite", writing=True) as store:
            store.add(order)
            assert len(groups(store, "NCT00000001", "NCT00000002", "EUCTR2018-003171-35-NL")) == 3
            assert {(flag.number, flag.main_id) for flag in store.flags()} == {
                ("2018-003171-35", "NCT00000001"),
                ("2018-003171-35", "NCT00000002"),
            }
            assert len(store.trials("2018-003171-35")) == 1


def test_another_number_of_the_own_register_is_flagged(store: Store, record: Make) -> None:
    store.add([record("NCT00000002", "NCT00000001"), record("ISRCTN00000009", "NCT00000001"), record("NCT00000001")])
    assert groups(store, "NCT00000001", "NCT00000002") == [{"NCT00000001", "ISRCTN00000009"}, {"NCT00000002"}]
    assert [flag.main_id for flag in store.flags()] == ["NCT00000002"]


def test_a_chain_that_joins_two_trials_of_one_register_links_nothing(tmp_path: Path, record: Make) -> None:
    records = [
        record("NCT00000001", "2018-003171-35"),
        record("EUCTR2018-003171-35-NL", "ISRCTN00000009"),
        record("ISRCTN00000009", "NCT00000002"),
        record("NCT00000002"),
    ]
    for place, order in enumerate(itertools.permutations(records)):
        with Store(tmp_path / f"{place}.sqlite", writing=True) as store:
            for one in order:
                store.add([one])
            assert len(groups(store, *(str(one.main_id) for one in records))) == 4
            assert {flag.number for flag in store.flags()} == {"2018-003171-35", "ISRCTN00000009", "NCT00000002"}


def test_a_link_goes_with_the_version_that_had_it(store: Store, record: Make) -> None:
    store.add([record("NCT00000001", "ISRCTN00000009"), record("ISRCTN00000009")])
    assert len(groups(store, "NCT00000001", "ISRCTN00000009")) == 1
    store.add([record("NCT00000001", public_title="without it", number=2)])
    assert len(groups(store, "NCT00000001", "ISRCTN00000009")) == 2


def test_versions_are_told_by_what_they_say(store: Store, record: Make) -> None:
    def refreshed(year: int) -> dict[str, object]:
        return {"date_last_refreshed": {"text": f"{year}", "year": year}}

    first = record("NCT00000001", public_title="one", sha256="a", **refreshed(2018))
    later = record("NCT00000001", public_title="two", sha256="b", **refreshed(2020))
    copy = record("NCT00000001", public_title="two", sha256="c", **refreshed(2021))
    older = record("NCT00000001", public_title="nought", sha256="d", **refreshed(2016))
    taken = store.add([first, later, copy, older])
    assert (taken.new, taken.changed, taken.known) == (1, 2, 1)
    found = store.versions("nct 00000001")
    assert [(store.get(v.sha256).public_title, v.refreshed, v.copies, v.latest) for v in found] == [
        ("one", "2018", 1, False),
        ("two", "2021", 2, True),
        ("nought", "2016", 1, False),
    ]
    assert [hit.title for hit in store.search("two").hits] == ["two"]
    assert store.search("one").records == store.search("nought").records == 0
    assert store.get(found[0].sha256[:8]) == first


def test_words_read_anew_from_one_source_are_told(store: Store, record: Make) -> None:
    store.add([record("NCT00000001", sha256="same"), record("NCT00000001", sha256="same", public_title="now read")])
    assert [version.read_anew for version in store.versions("NCT00000001")] == [False, True]


def test_every_sample_comes_back_whole_and_without_contacts(shared: Path, tmp_path: Path) -> None:
    folder = shared / "samples" / "registry"
    table = folder / "ictrp" / "ictrp_fullexport_sample_im_127rows.csv"
    records = list(itertools.islice(read_records(table), 40))
    records += [record for file in sorted((folder / "multi_registry").iterdir()) for record in read_records(file)]
    assert len(records) > 50
    for record in records:
        kept = prepare(record)
        back = record_from(kept.content, record.sha256, record.number, kept.refreshed)
        assert back == record
        assert searched_text(back) == searched_text(record)
    path = tmp_path / "records.sqlite"
    with Store(path, writing=True) as store:
        store.add(records)
    sources = [file.read_text(encoding="utf-8") for file in (folder / "multi_registry").iterdir()]
    assert sum(source.count("redacted@example.org") for source in sources) > 50  # so the samples print addresses
    base = sqlite3.connect(path)
    stored = [unpack(content).decode() for (content,) in base.execute("SELECT content FROM version")]
    base.close()
    assert not any("redacted@example" in content for content in stored)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path, record: Make) -> None:
    path = tmp_path / "records.sqlite"
    with Store(path, writing=True) as store:
        store.add([record("NCT00000001")])
    base = sqlite3.connect(path)
    base.execute(f"PRAGMA user_version = {VERSION + 1}")
    base.close()
    for writing in (False, True):
        with pytest.raises(BadInput, match="newer version of myotrial"):
            Store(path, writing=writing)


def test_a_store_of_version_1_gets_its_second_index_when_it_is_written(tmp_path: Path, record: Make) -> None:
    path = tmp_path / "records.sqlite"
    with Store(path, writing=True) as store:
        store.add([record("NCT00000001", public_title="walk"), record("NCT00000001", public_title="rash", number=2)])
    base = sqlite3.connect(path)
    base.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'heads', 'instance')")
    terms = base.execute("SELECT * FROM terms").fetchall()
    base.executescript("DROP TABLE heads; DROP TABLE temp.terms; PRAGMA user_version = 1;")  # what version 1 was
    base.close()
    assert {"rash"} <= {row[0] for row in terms}
    with pytest.raises(BadInput, match="older version") as caught:
        Store(path)
    assert str(caught.value.faults[0].hint).endswith("brings it up to this version")
    Store(path, writing=True).close()
    base = sqlite3.connect(path)
    base.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'heads', 'instance')")
    assert base.execute("SELECT * FROM terms").fetchall() == terms
    base.close()


def test_an_old_sqlite_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(BadInput, match="too old to write a store"):
        Store(tmp_path / "records.sqlite", writing=True)
    assert (tmp_path / "records.sqlite").stat().st_size == 0


@pytest.mark.parametrize("content", ["no database " * 100, "CREATE TABLE other(a)"])
def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file"
    if content.startswith("CREATE"):
        base = sqlite3.connect(path)
        base.execute(content)
        base.close()
    else:
        path.write_text(content)
    before = path.read_bytes()
    for writing in (False, True):
        with pytest.raises(BadInput) as caught:
            Store(path, writing=writing)
        assert caught.value.faults[0].code == "not_a_store"
    assert path.read_bytes() == before


def test_no_store_is_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no store"):
        Store(tmp_path / "records.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_where_a_store_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MYOTRIAL_STORE", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_path() == tmp_path / ".local" / "share" / "myotrial" / "records.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_path() == tmp_path / ".local" / "share" / "myotrial" / "records.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_path() == tmp_path / "data" / "myotrial" / "records.sqlite"
    monkeypatch.setenv("MYOTRIAL_STORE", "here.sqlite")
    assert default_path() == Path("here.sqlite")


def test_a_record_without_a_number_is_not_kept(store: Store, record: Make) -> None:
    with pytest.raises(BadInput) as caught:
        store.add([record("NCT00000001"), TrialRecord(form="f", sha256="0")])
    assert caught.value.faults[0].code == "no_identifier"
    assert store.select().records == 0
