"""Lost signs: from another copy, by the table, or refused."""

from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record, read_record_text
from myotrial.registry.record import TrialRecord
from myotrial.registry.resolving import require_signs, resolve_comparators, restore_signs, restore_title

PAGE = "Main ID: X1\nProspective Registration: Yes\nDate of first enrolment: 2020\nInclusion Criteria:\n{}\n"


def lost(*criteria: str) -> TrialRecord:
    return read_record_text(PAGE.format("\n".join(criteria)))


def whole(text: str) -> TrialRecord:
    head = (
        '{"protocolSection": {"identificationModule": {"nctId": "NCT1"}, "eligibilityModule": {"eligibilityCriteria": "'
    )
    return read_record_text(head + f"Inclusion Criteria:\\n* {text}" + '"}}}')


def signs(record: TrialRecord) -> list[tuple[str, str] | None]:
    found = [sign.resolution for sign in record.lost_comparators]
    return [(sign.comparator, sign.status) if sign else None for sign in found]


@pytest.fixture(scope="session")
def page(shared: Path) -> TrialRecord:
    return read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")


@pytest.fixture(scope="session")
def others(shared: Path) -> dict[str, TrialRecord]:
    folder = shared / "samples" / "registry" / "myositis_pages"
    return {name: read_record(folder / f"{name}.txt") for name in ("NCT04044690_ucbraid", "NL-OMON55228_medpath")}


class TestIgPro20:
    """The eligibility signs of NCT04044690 as three other pages print them (read by hand)."""

    TRUE = (">=", "<=", ">=", ">=")

    def test_all_four_from_one_page(self, page: TrialRecord, others: dict[str, TrialRecord]) -> None:
        found = resolve_comparators(page, [others["NCT04044690_ucbraid"]], guess=False)
        assert signs(found)[:4] == [(sign, "from_record") for sign in self.TRUE]
        assert signs(found)[4:] == [None] * 19

    def test_three_from_another_register_that_has_no_exclusion(
        self, page: TrialRecord, others: dict[str, TrialRecord]
    ) -> None:
        found = resolve_comparators(page, [others["NL-OMON55228_medpath"]], guess=False)
        assert signs(found)[:4] == [*((sign, "from_record") for sign in self.TRUE[:3]), None]

    def test_the_table_agrees_with_the_other_pages(self, page: TrialRecord) -> None:
        assert signs(resolve_comparators(page)) == [(sign, "guess") for sign in (*self.TRUE, *[">="] * 19)]

    def test_the_text_comes_back_as_the_other_page_has_it(
        self, page: TrialRecord, others: dict[str, TrialRecord]
    ) -> None:
        other = others["NCT04044690_ucbraid"]
        found = resolve_comparators(page, [other])
        assert found.criteria.exclusion is not None
        assert other.criteria.exclusion is not None
        ours = " ".join(restore_signs(found, found.criteria.exclusion).replace("-", " ").split())
        theirs = " ".join(other.criteria.exclusion.text.replace("•", " ").replace("-", " ").split())
        assert ours == theirs

    def test_nothing_computes_with_a_guess_unless_told(self, page: TrialRecord) -> None:
        found = resolve_comparators(page)
        with pytest.raises(BadInput) as caught:
            require_signs(found)
        assert len(caught.value.faults) == 23
        assert caught.value.faults[0].code == "lost_comparator"
        require_signs(found, guesses=True)
        outcome = found.outcomes[27]
        with pytest.raises(BadInput):
            restore_title(found, outcome)
        assert restore_title(found, outcome, guesses=True) == (
            "Time to first achieving TIS ≥ 20, ≥ 40, and ≥ 60 points on the TIS"
        )


def test_other_numbers_and_other_words_are_not_the_same_place() -> None:
    record = lost("- MMT-8 = 142 at screening")
    assert signs(resolve_comparators(record, [whole("MMT-8 ≤ 125 at screening")], guess=False)) == [None]
    assert signs(resolve_comparators(record, [whole("creatinine ≤ 142 umol")], guess=False)) == [None]
    assert signs(resolve_comparators(record, [whole("MMT-8 ≤ 142.0 at screening")], guess=False)) == [
        ("<=", "from_record")
    ]


def test_records_that_differ_leave_the_sign_disputed() -> None:
    record = resolve_comparators(lost("- MMT-8 = 142"), [whole("MMT-8 ≤ 142"), whole("MMT-8 ≥ 142")])
    assert signs(record) == [None]
    assert record.lost_comparators[0].disputed
    with pytest.raises(BadInput, match="disputed"):
        require_signs(record, guesses=True)


def test_a_strict_sign_elsewhere_settles_nothing() -> None:
    assert resolve_comparators(lost("- MMT-8 = 142"), [whole("MMT-8 < 142")]).lost_comparators[0].disputed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("- aged = 18 years", [">="]),
        ("- MMT-8 = 142", ["<="]),
        ("- CDASI activity score = 14", [">="]),
        ("- 18 = age = 65", ["<=", "<="]),
        ("- 80 years = age = 14 years", [">=", ">="]),
        ("- aged = 18 and = 75", [None, "<="]),
        ("- AST and ALT = 5 x ULN", [None]),
        ("- rash = 3", [None]),
        ("- creatine kinase = 4 x ULN", [">="]),
    ],
)
def test_the_table_of_habits(words: str, expected: list[str | None]) -> None:
    found = [sign.resolution for sign in resolve_comparators(lost(words)).lost_comparators]
    assert [sign.comparator if sign else None for sign in found] == expected


def test_lost_powers_have_their_place() -> None:
    record = lost("- platelets = 75 x 109/L and 105 mmHg")
    (power,) = record.lost_powers
    assert (power.candidates, power.field) == (("10^9", "109"), "criteria.inclusion")
    assert PAGE.format("- platelets = 75 x 109/L and 105 mmHg")[power.start : power.end] == "109"


EXPORT = (
    "<Trials><Trial><TrialID>X1</TrialID><Public_title>T</Public_title>{}<Inclusion_criteria>Inclusion criteria: {}"
    "</Inclusion_criteria></Trial></Trials>"
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("", (">=", "guess")),
        ("<Agemin>18 Years</Agemin><Agemax>N/A</Agemax>", (">=", "guess")),
        ("<Agemin>2 Years</Agemin><Agemax>18 Years</Agemax>", ("<=", "guess")),
        ("<Agemin>12 Years</Agemin><Agemax>65 Years</Agemax>", None),
    ],
)
def test_an_age_is_guessed_only_as_the_fields_of_the_record_bear_it_out(
    fields: str, expected: tuple[str, str] | None
) -> None:
    record = read_record_text(EXPORT.format(fields, "Patients aged = 18 years with myositis"))
    assert signs(resolve_comparators(record)) == [expected]


def test_a_third_number_after_a_comma_is_no_upper_age() -> None:
    text = "Patients aged =18 years of age, = 20 years of age (Taiwan only),= 19 (S. Korea only)"
    assert signs(resolve_comparators(lost(text)))[2] is None
