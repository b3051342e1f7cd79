"""One trial in several registers, its real records read by hand."""

from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.compare.registers import compare_registers
from myotrial.registry.compare.side_by_side import RegisterComparison
from myotrial.registry.dates import read_date
from myotrial.registry.parts import RegisteredOutcome
from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord

PAGES = Path("samples", "registry", "myositis_pages")
OWN, COPY, PAGE = "ClinicalTrials.gov JSON (API version 2)", "WHO ICTRP portal page", "page of a trial, pasted as text"


def record(form: str, name: str | None, **fields: object) -> TrialRecord:
    return TrialRecord.model_validate({"form": form, "sha256": "0", "main_id": name} | fields)


@pytest.fixture(scope="session")
def time_is_muscle(shared: Path) -> RegisterComparison:
    return compare_registers(
        [
            read_record(shared / "seeds" / "001_173595c731fa97ef.txt"),
            read_record(shared / PAGES / "NL-OMON26160_medpath.txt"),
            read_record(shared / PAGES / "CTIS_2024-516057-42-00_medpath.txt"),
        ]
    )


@pytest.fixture(scope="session")
def reclaiim(shared: Path) -> RegisterComparison:
    return compare_registers(
        [
            read_record(shared / "seeds" / "004_9861e5926bc956a8.txt"),
            read_record(shared / PAGES / "NL-OMON55228_medpath.txt"),
            read_record(shared / PAGES / "NCT04044690_ucbraid.txt"),
        ]
    )


def test_time_is_muscle_disagrees_on_its_size(time_is_muscle: RegisterComparison) -> None:
    (size,) = time_is_muscle.of("target_size")
    assert (size.verdict, size.values, size.witnesses) == ("disagree", ("44", "48", "48"), 3)


def test_time_is_muscle_ages(time_is_muscle: RegisterComparison) -> None:
    (low,), (high,) = time_is_muscle.of("age_minimum"), time_is_muscle.of("age_maximum")
    assert low.verdict == "agree"
    assert (high.verdict, high.values) == ("one only", (None, "≤ 80 years (criteria)", None))


def test_time_is_muscle_status_and_criteria(time_is_muscle: RegisterComparison) -> None:
    assert time_is_muscle.of("recruitment_status")[0].verdict == "disagree"
    rows = {row.values: row.verdict for row in time_is_muscle.of("criterion")}
    same = [values for values, verdict in rows.items() if verdict == "agree" and None not in values]
    assert same == [
        (
            "inclusion: Disease duration < 12 months",
            "Disease duration < 12 months",
            "inclusion: Disease duration <12 months",
        )
    ]
    alone = [values for values, verdict in rows.items() if verdict == "one only" and values[1]]
    assert any("Immunosuppressive medication" in (values[1] or "") for values in alone)


def test_records_that_do_not_name_each_other_are_told(time_is_muscle: RegisterComparison) -> None:
    assert any("no identifier links the records 1 | 2 | 3" in note for note in time_is_muscle.notes)


def test_reclaiim_lost_signs_are_no_disagreement(reclaiim: RegisterComparison) -> None:
    rows = [row for row in reclaiim.of("criterion") if row.values[0] and row.values[0].endswith("= 18 years of age")]
    assert [(row.verdict, row.values[1]) for row in rows] == [("lost comparator", "Age >= 18 years")]


def test_reclaiim_size_and_the_page_without_identifier(reclaiim: RegisterComparison) -> None:
    (size,) = reclaiim.of("target_size")
    assert (size.verdict, size.values) == ("disagree", ("126", "0", None))
    assert any("0 as the sample size" in note for note in reclaiim.notes)
    assert reclaiim.sources[2].witness is None
    assert reclaiim.of("age_minimum")[0].witnesses == 2


def test_a_copy_is_no_second_witness() -> None:
    own = record(OWN, "NCT00000001", target_size=126)
    copy = record(COPY, "NCT00000001", target_size=126)
    (size,) = compare_registers([own, copy]).of("target_size")
    assert (size.verdict, size.witnesses) == ("one only", 1)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_register_itself_is_trusted_over_its_copies(order: tuple[int, int, int]) -> None:
    held = [
        record(OWN, "NCT00000001", target_size=44),
        record(COPY, "NCT00000001", target_size=48),
        record("EU CTIS JSON", "2024-500000-42-00", target_size=44),
    ]
    (size,) = compare_registers([held[place] for place in order]).of("target_size")
    assert (size.verdict, size.witnesses) == ("agree", 2)
    assert size.detail == f"record {order.index(1) + 1} has 48 where the source it copies has 44"


def test_less_precise_dates_and_lost_signs_are_classed_as_such() -> None:
    def shown(title: str) -> tuple[RegisteredOutcome, ...]:
        return (RegisteredOutcome(role="primary", position=1, title=title, start=0, end=1),)

    one = record(OWN, "NCT00000001", date_first_enrolment=read_date("March 2019"), outcomes=shown("TIS ≥ 20"))
    two = record(COPY, "ISRCTN12345678", date_first_enrolment=read_date("2019-03-04"), outcomes=shown("TIS = 20"))
    found = compare_registers([one, two])
    assert [(row.field, row.verdict) for row in found.rows] == [
        ("date_first_enrolment", "precision"),
        ("outcome", "lost comparator"),
    ]
    assert found.disagreements == ()


def test_outcomes_that_disagree_in_role_and_time() -> None:
    def shown(role: str, when: str) -> tuple[RegisteredOutcome, ...]:
        entry = {"role": role, "position": 1, "title": "Mean TIS", "time_frame": when, "start": 0, "end": 1}
        return (RegisteredOutcome.model_validate(entry),)

    one = record(OWN, "NCT00000001", outcomes=shown("primary", "Week 24"))
    two = record("EU CTIS JSON", "2024-500000-42-00", outcomes=shown("secondary", "Week 12"))
    (row,) = compare_registers([one, two]).of("outcome")
    assert (row.verdict, row.detail) == ("disagree", "role: primary | secondary, time point: week 24 | week 12")


def test_phases_status_and_lists_in_the_words_of_each_register() -> None:
    here = {"phase": "Phase 2/Phase 3", "recruitment_status": "COMPLETED", "countries": ("France", "Italy")}
    there = {"phase": "Phase II/III", "recruitment_status": "Ended", "countries": ("Italy", "France")}
    one, two = record(OWN, "NCT00000001", **here), record("EU CTIS JSON", "2024-500000-42-00", **there)
    assert {row.verdict for row in compare_registers([one, two]).rows} == {"agree"}


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("CSL Behring", "CSL Behring LLC", "wording"), ("Instituto Grifols, S.A", "Instituto Grifols", "wording"),
        ("Merck & Co., Inc.", "Merck", "disagree"), ("Novartis AG", "Novartis Pharma AG", "disagree"),
        ("AG", "SA", "disagree"), ("ACADIA Pharmaceuticals Inc.", "Acadia Pharmaceuticals, Inc", "agree"),
    ],
)  # fmt: skip
def test_the_form_of_a_company_is_a_matter_of_wording(one: str, other: str, verdict: str) -> None:
    held = [record(OWN, "NCT00000001", primary_sponsor=one), record("EU CTIS JSON", "2024-500000-42-00")]
    held[1] = held[1].model_copy(update={"primary_sponsor": other})
    (row,) = compare_registers(held).of("primary_sponsor")
    assert row.verdict == verdict


def test_one_record_is_not_enough() -> None:
    with pytest.raises(BadInput, match="two records"):
        compare_registers([record(OWN, "NCT00000001")])


def test_the_result_shows_itself(time_is_muscle: RegisterComparison) -> None:
    assert repr(time_is_muscle).startswith("<RegisterComparison: 3 records of 3 registers: ")
    assert "order of trust" in str(time_is_muscle)
    frame = time_is_muscle.to_frame()
    assert frame.height == len(time_is_muscle.rows) == len(time_is_muscle.to_dict()["rows"])
    assert frame.width == 7
    assert time_is_muscle._repr_html_().count("<tr>") == frame.height + 1
