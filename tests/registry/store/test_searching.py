"""Search: what is found, in which order, and that no word a user types is a command."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.model.errors import BadInput
from myotrial.registry.record import TrialRecord
from myotrial.registry.store import ranking, searching
from myotrial.registry.store.asking import Filters
from myotrial.registry.store.content import MARK, phases_of
from myotrial.registry.store.store import Store


def made(number: int, **fields: object) -> TrialRecord:
    return TrialRecord.model_validate({"form": "f", "sha256": str(number), "main_id": f"NCT{number:08d}", **fields})


def criteria(text: str) -> dict[str, object]:
    return {"inclusion": {"text": text, "start": 0, "end": len(text), "path": "criteria"}}


RECORDS = (
    made(1, public_title="Immune globulin in dermatomyositis", conditions=["Dermatomyositis"], countries=["USA"],
         recruitment_status="RECRUITING", phase="PHASE2", criteria=criteria("Muscle weakness; Sjögren allowed")),
    made(2, public_title="A globulin that is immune", conditions=["Polymyositis"], countries=["United States"],
         recruitment_status="Not yet recruiting", phase="Phase 2/Phase 3"),
    made(3, public_title="Rituximab", conditions=["Myositis"], recruitment_status="Completed", phase="Phase 3",
         criteria=criteria("No immune globulin in the last 3 months. " * 3), countries=["Korea, Republic of"]),
    made(4, public_title="Sleep", conditions=["Healthy"], secondary_ids=["2018-003171-35"], phase="N/A"),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("store") / "records.sqlite", writing=True) as opened:
        opened.add(RECORDS)
        yield opened


def numbers(store: Store, words: str = "", **filters: list[str]) -> list[int]:
    return [int(hit.main_id[3:]) for hit in store.search(words, Filters(**filters)).hits]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("globulin", {1, 2, 3}),
        ("IMMUNE globulins", {1, 2, 3}),
        ('"immune globulin"', {1, 3}),
        ('"globulin immune', set()),
        ("dermato*", {1}),
        ('"immune glob"*', {1, 3}),
        ("sjogren", {1}),
        ("globulin sleep", set()),
        ("globulin NOT sleep", set()),
        ("globulin OR sleep", set()),
        ("2018-003171-35", {4}),
        ("nct00000003", {3}),
        ("title:sleep", set()),
        ("srecruiting", set()),
        (f"{MARK}srecruiting{MARK}", set()),
    ],
)
def test_words(store: Store, words: str, found: set[int]) -> None:
    assert set(numbers(store, words)) == found


def test_a_title_comes_before_criteria(store: Store) -> None:
    assert numbers(store, '"immune globulin"') == [1, 3]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"condition": ["dermatomyositis"]}, [1]),
        ({"condition": ["myositis", "polymyositis"]}, [3, 2]),
        ({"condition": ["*myositis"]}, [3]),
        ({"status": ["recruiting"]}, [1]),
        ({"status": ["not_yet_recruiting", "completed"]}, [3, 2]),
        ({"phase": ["2"]}, [2, 1]),
        ({"phase": ["3"], "country": ["USA"]}, [2]),
        ({"country": ["United States of America"]}, [2, 1]),
        ({"country": ["south korea"]}, [3]),
        ({"country": ["united"]}, []),
        ({"register": ["ClinicalTrials.gov"], "phase": ["na"]}, [4]),
        ({"register": ["ISRCTN"]}, []),
    ],
)
def test_filters(store: Store, filters: dict[str, list[str]], found: list[int]) -> None:
    assert numbers(store, **filters) == found


def test_words_and_filters(store: Store) -> None:
    assert numbers(store, "globulin", condition=["derm* OR a"]) == []
    assert numbers(store, "globulin", status=["recruiting"]) == [1]


def faults(ask: Callable[[], object]) -> set[str]:
    try:
        ask()
    except BadInput as error:
        return {fault.code for fault in error.faults}
    return set()


HOSTILE = ("'; DROP TABLE record; --", 'a" OR "1"="1', "NEAR(a b", "title : *", "a^b {", "(((((", "a AND", "\0a", "ﷺ a")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_words(store: Store, words: str) -> None:
    assert faults(lambda: store.search(words)) <= {"bad_option"}
    assert faults(lambda: store.search("a", Filters(*[(words,)] * 2, country=(words,)))) <= {"bad_option"}
    assert store.select().records == len(RECORDS)


@settings(max_examples=150, deadline=None)
@given(words=st.text(max_size=30), condition=st.text(max_size=20), country=st.text(max_size=20))
def test_no_text_is_a_fault_of_ours(store: Store, words: str, condition: str, country: str) -> None:
    assert faults(lambda: store.search(words, Filters(condition=[condition], country=[country]))) <= {"bad_option"}


def test_bad_options_are_told_at_once(store: Store) -> None:
    with pytest.raises(BadInput) as caught:
        store.search("my* --", Filters(phase=["phase two"], status=["recruitng"]))
    assert [fault.column for fault in caught.value.faults] == ["--status", "--phase", "words", "words"]
    assert caught.value.faults[0].hint == "did you mean recruiting?"


@pytest.mark.parametrize("sign", ["\ud800", "a\udfff"])
def test_half_a_character_does_no_harm(store: Store, sign: str) -> None:
    assert store.search(f"globulin x{sign}").records == 0


def test_common_words_are_ranked_in_part_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_RANKED", 50)
    many = [
        made(n, public_title="muscle" if n % 10 == 1 else "other", criteria=criteria("muscle")) for n in range(1, 201)
    ]
    with Store(tmp_path / "s.sqlite", writing=True) as store:
        store.add(many)
        wide = store.search("muscle", limit=5)
        assert (wide.records, wide.ranked_in) == (None, "columns")
        assert all(hit.title == "muscle" for hit in wide.hits)
        assert "more than 50 records" in (wide.note or "")
        last = store.search("muscle", limit=30)
        assert (last.ranked_in, len(last.hits)) == ("last", 30)
        assert min(int(hit.main_id[3:]) for hit in last.hits) > 150
        narrow = store.search("muscle", Filters(condition=["none"]))
        assert (narrow.records, narrow.note) == (0, None)


def test_where_too_many_heads_have_the_words_those_kept_last_are_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_RANKED", 50)
    with Store(tmp_path / "s.sqlite", writing=True) as store:
        store.add([made(n, public_title="muscle" if n % 2 else "other", criteria=criteria("muscle"))
                   for n in range(1, 201)])  # fmt: skip
        found = store.search("muscle", limit=60)
    assert (found.ranked_in, found.records) == ("last_columns", None)
    assert sorted(int(hit.main_id[3:]) for hit in found.hits) == list(range(101, 200, 2))


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open a store in which ``patient`` is in every text, ``walk`` in every tenth from the 20th on."""
    with Store(tmp_path_factory.mktemp("common") / "records.sqlite", writing=True) as opened:
        opened.add([
            made(n, public_title="patient" if n in (40, 90, 140) else "other" if n % 3 else "rash and fever",
                 criteria=criteria("patient " + "walk " * (n // 20 if n % 10 == 0 else 0) + "sun " * (n % 7)))
            for n in range(1, 201)
        ])  # fmt: skip
        yield opened


@pytest.fixture
def with_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "COMMON_FROM", 100)
    monkeypatch.setattr(ranking, "SAMPLE", 100)


def scores(store: Store, words: str) -> dict[str, float | None]:
    return {hit.main_id: hit.score for hit in store.search(words, limit=200).hits}


@pytest.mark.usefixtures("with_cut_off")
def test_a_common_word_is_looked_for_and_counts_in_the_head_alone(common: Store) -> None:
    found = common.search("walk patient", limit=200)
    alone, heads = scores(common, "walk"), {f"NCT{n:08d}" for n in (40, 90, 140)}
    assert {hit.main_id for hit in found.hits} == set(alone)
    assert (found.records, found.ranked_in, found.common) == (19, "all", ("patient",))
    assert found.note == "So common that little is made of them in the ranking: patient."
    for hit in found.hits:
        before = alone[hit.main_id]
        assert hit.score is not None
        assert before is not None
        if hit.main_id in heads:
            assert hit.score > before + 1
        else:
            assert hit.score == pytest.approx(before)


@pytest.mark.usefixtures("with_cut_off")
def test_common_words_alone_are_in_the_order_of_their_heads_then_of_their_coming(common: Store) -> None:
    assert numbers(common, "patient")[:5] == [140, 90, 40, 200, 199]
    assert common.search("rash").common == ("rash",)
    assert common.search("rash patient").records == 65  # every third, but that a patient has


def test_without_the_cut_off_the_same_is_found(common: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = ("walk patient", "patient", "rash patient", "sun walk", "pati* sun")
    plain = [set(scores(common, words)) for words in queries]
    assert all(common.search(words).common == () for words in queries)
    monkeypatch.setattr(ranking, "COMMON_FROM", 1)
    monkeypatch.setattr(ranking, "SAMPLE", 60)
    assert [set(scores(common, words)) for words in queries] == plain
    assert all(common.search(words).common for words in queries)


def test_the_order_is_that_of_the_formula_worked_out_apart(tmp_path: Path) -> None:
    """BM25 by hand over plain titles; every word of the texts is its own stem."""
    from math import log  # noqa: PLC0415

    texts = ["rash", "rash rash rash walk", "walk", "walk walk rash walk walk walk", "sun", "sun sun", "mud", "mud sun"]
    with Store(tmp_path / "s.sqlite", writing=True) as store:
        store.add([made(n, public_title=text) for n, text in enumerate(texts, 1)])
        found = {int(hit.main_id[3:]): hit.score for hit in store.search("rash").hits}
    # the length of a record: its title, its number, and two marks less the one it lacks (its register's)
    lengths = [len(text.split()) + 2 for text in texts]
    mean = sum(lengths) / len(lengths)
    having = [n for n, text in enumerate(texts, 1) if "rash" in text]
    weight = log((len(texts) - len(having) + 0.5) / (len(having) + 0.5))
    for n in having:
        count = 8.0 * len(re.findall("rash", texts[n - 1]))
        length = 1 - 0.75 + 0.75 * lengths[n - 1] / mean
        assert found[n] == pytest.approx(weight * count * 2.2 / (count + 1.2 * length))


def test_phases() -> None:
    written = "Human pharmacology (Phase I): noTherapeutic exploratory (Phase II): yesTherapeutic use (Phase IV): yes"
    assert phases_of(written) == ("2", "4")
    assert phases_of("II/III") == ("2", "3")
    assert phases_of("1-2") == ("1", "2")
    assert phases_of("Early Phase 1") == ("early1",)
    assert phases_of("New Treatment Measure Clinical Study") == ()
