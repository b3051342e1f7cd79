"""Two versions of a record: real ones, their differences read by hand, and invented ones."""

from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.compare.versions import compare_versions
from myotrial.registry.dates import read_date
from myotrial.registry.parts import Criteria, Passage, RegisteredOutcome, Role
from myotrial.registry.reading import read_record, read_records
from myotrial.registry.record import TrialRecord

FOLDER = Path("samples", "registry")


def outcome(
    title: str, when: str | None = None, role: Role = "secondary", words: str | None = None
) -> RegisteredOutcome:
    return RegisteredOutcome(role=role, position=1, title=title, time_frame=when, description=words, start=0, end=1)


def record(*outcomes: RegisteredOutcome, **fields: object) -> TrialRecord:
    placed = tuple(o.model_copy(update={"position": place}) for place, o in enumerate(outcomes, 1))
    return TrialRecord.model_validate({"form": "invented", "sha256": "0", "main_id": "X1", "outcomes": placed} | fields)


def kinds(old: TrialRecord, new: TrialRecord) -> list[tuple[str, str | None]]:
    return [(change.kind, change.severity) for change in compare_versions(old, new).changes]


def with_criteria(inclusion: str, exclusion: str = "", **fields: object) -> TrialRecord:
    passages = {
        name: Passage(text=text, start=0, end=len(text)) if text else None
        for name, text in (("inclusion", inclusion), ("exclusion", exclusion))
    }
    return record(criteria=Criteria(**passages), **fields)


def test_belimumab_2018_against_the_page_with_results(shared: Path) -> None:
    """By hand: the response rate is measured otherwise, three outcomes are new, flares are not among those shown."""
    old = read_record(shared / FOLDER / "myositis_pages" / "NCT02347891_ctgov_ct2_record_2018.txt")
    new = read_record(shared / "seeds" / "000_b3ea327bbd41e801.txt")
    found = compare_versions(old, new)
    assert [(c.kind, c.severity, c.old_position, c.new_position) for c in found.of("outcomes")] == [
        ("role changed", "open", 1, 1),
        ("changed", "minor", 1, 1),
        ("not shown", "open", 2, None),
        ("added", "major", None, 2),
        ("added", "major", None, 3),
        ("added", "major", None, 4),
    ]
    (part,) = found.of("outcomes")[1].elements
    assert (part.element, part.old, part.new) == ("measurement", "DOI", "DOI, TIS")
    assert [(c.kind, c.old, c.new) for c in found.of("target_size")] == [("added", None, "17")]
    assert any("identifier" in note for note in found.notes)


def test_two_dates_of_one_record_differ_in_four_fields(shared: Path) -> None:
    """By hand, among 60 lines: the size, two dates, and a phase of N/A that is gone. The rest is wrapping."""
    folder = shared / FOLDER / "ctgov_xml"
    old, new = (read_record(folder / name) for name in ("NCT00513591_redownloaded.xml", "NCT00513591.xml"))
    assert [(c.field, c.kind, c.old, c.new) for c in compare_versions(old, new).changes] == [
        ("target_size", "changed", "500", "1000"),
        ("date_primary_completion", "changed", "2017-12", "2018-06"),
        ("date_completion", "added", None, "2018-06"),
        ("phase", "removed", "N/A", None),
    ]


def test_order_case_space_and_punctuation_change_nothing(shared: Path) -> None:
    for folder in ("ctgov_v2_json", "multi_registry", "myositis_pages"):
        for file in sorted((shared / FOLDER / folder).iterdir()):
            if file.name == "INDEX.json":
                continue
            for old in read_records(file):
                turned = [
                    o.model_copy(update={"title": o.title.upper().replace(" ", "\n ") + ".", "position": place})
                    for place, o in enumerate(reversed(old.outcomes), 1)
                ]
                new = old.model_copy(update={"outcomes": tuple(turned), "conditions": old.conditions[::-1]})
                assert compare_versions(old, new).changes == (), file.name


def test_a_page_without_outcomes_removes_none(shared: Path) -> None:
    """Read by hand: seven criteria are the same, three of them but for a lost sign; the page has no outcomes."""
    old = read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")
    new = read_record(shared / FOLDER / "myositis_pages" / "NCT04044690_ucbraid.txt")
    found = compare_versions(old, new)
    assert [change.kind for change in found.of("criteria")] == ["lost comparator"] * 3
    assert {(change.kind, change.severity) for change in found.of("outcomes")} == {("not shown", "open")}
    assert found.major == ()


def test_promoted_and_demoted() -> None:
    one, two = outcome("Mean TIS", "Week 24"), outcome("Time to flare", "Week 52", "primary")
    old = record(one, two)
    new = record(one.model_copy(update={"role": "primary"}), two.model_copy(update={"role": "secondary"}))
    assert kinds(old, new) == [("promoted", "major"), ("demoted", "major")]
    assert kinds(record(one), record(one.model_copy(update={"role": "other"}))) == [("role changed", "minor")]


def test_added_and_removed() -> None:
    one, two = outcome("Mean TIS", "Week 24"), outcome("Number of infections", "5 years")
    assert kinds(record(one, two), record(one)) == [("removed", "major")]
    assert kinds(record(one), record(one, two)) == [("added", "major")]
    assert kinds(record(one, two), record(one, cut_off=True)) == [("not shown", "open")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (outcome("Mean TIS", "Week 24"), outcome("Mean TIS", "Week 12"), ["time frame changed"]),
        (outcome("Mean TIS", "12 months"), outcome("Mean TIS", "1 year"), []),
        (outcome("Mean TIS", "Week 24"), outcome("Mean TIS", "Up to week 24"), ["time frame changed"]),
        (outcome("Mean TIS", "Week 24"), outcome("Median TIS", "Week 24"), ["changed"]),
        (outcome("TIS ≥ 20 reached"), outcome("TIS ≥ 40 reached"), ["changed"]),
        (outcome("TIS ≥ 20 reached"), outcome("TIS = 20 reached"), ["lost comparator"]),
        (outcome("Colour of toes, long scale"), outcome("Colour of toes, short scale"), ["wording changed"]),
        (outcome("Mean TIS", "end of period 1"), outcome("Mean TIS", "end of period 2"), ["time frame changed"]),
        (outcome("Mean TIS", None), outcome("Mean TIS", "Week 8"), ["time frame changed"]),
        (outcome("Mean TIS", "Week 24"), outcome("Mean TIS", "Baseline, week 24"), ["wording changed"]),
    ],
)  # fmt: skip
def test_how_an_outcome_changed(old: RegisteredOutcome, new: RegisteredOutcome, expected: list[str]) -> None:
    assert [change.kind for change in compare_versions(record(old), record(new)).changes] == expected


def test_which_element_changed() -> None:
    old = record(outcome("Mean change from baseline in MMT-8", "Week 24"))
    new = record(outcome("Mean change from baseline in HAQ-DI", "Week 24"))
    (change,) = compare_versions(old, new).changes
    assert [(part.element, part.old, part.new) for part in change.elements] == [
        ("domain", "muscle strength", "physical function"),
        ("measurement", "MMT-8", "HAQ-DI"),
    ]


def test_dates_by_their_precision() -> None:
    def dated(text: str) -> TrialRecord:
        return record(date_first_enrolment=read_date(text))

    assert kinds(dated("March 2019"), dated("2019-03-04")) == [("more precise", None)]
    assert kinds(dated("2019-03-04"), dated("2019")) == [("less precise", None)]
    assert kinds(dated("2019-03-04"), dated("March 4, 2019")) == []
    assert kinds(dated("March 2019"), dated("2019-04-04")) == [("changed", None)]


def test_status_words_of_one_meaning() -> None:
    old = record(recruitment_status="Active, not recruiting")
    assert kinds(old, record(recruitment_status="ACTIVE_NOT_RECRUITING")) == []
    assert kinds(old, record(recruitment_status="Completed")) == [("changed", None)]


def test_criteria_item_by_item() -> None:
    old = with_criteria(
        "- Age 18 to 80 years\n- Signed consent", "- Cancer in the last 5 years\n- Pregnancy or breast feeding"
    )
    new = with_criteria("- Signed consent\n- Age 18 to 75 years\n- Cancer in the last 5 years", "- Liver disease")
    found = compare_versions(old, new).of("criteria")
    assert [(c.kind, c.old, c.new, c.detail) for c in found] == [
        ("changed", "Age 18 to 80 years", "Age 18 to 75 years", "gone: 80; new: 75"),
        ("moved", "Cancer in the last 5 years", "Cancer in the last 5 years", "exclusion → inclusion"),
        ("removed", "Pregnancy or breast feeding", None, "exclusion"),
        ("added", None, "Liver disease", "exclusion"),
    ]


def test_criteria_divided_otherwise_are_the_same() -> None:
    old = with_criteria("- Adults with myositis\n- MMT-8 ≤ 142\n- Signed consent")
    new = with_criteria("Adults with myositis MMT-8 ≤ 142 Signed consent")
    assert [change for change in compare_versions(old, new).changes if change.kind in {"removed", "added"}] == []


def test_a_lost_sign_is_no_changed_criterion() -> None:
    found = compare_versions(with_criteria("- MMT-8 = 142"), with_criteria("- MMT-8 ≤ 142")).changes
    assert [change.kind for change in found] == ["lost comparator"]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_is_a_likeness(threshold: float) -> None:
    with pytest.raises(BadInput, match="0 to 1"):
        compare_versions(record(), record(), threshold=threshold)


def test_the_result_shows_itself() -> None:
    found = compare_versions(record(outcome("Mean <TIS>", "Week 24")), record(target_size=3))
    assert repr(found) == "<VersionComparison X1 (invented) → X1 (invented): outcomes 1 major; other changes 1>"
    assert "outcomes: removed [major]: “Mean <TIS> [Week 24]”" in str(found)
    assert "Mean &lt;TIS&gt;" in found._repr_html_()
    assert found.to_frame().height == len(found.to_dict()["changes"]) == 2
