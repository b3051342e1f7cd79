import pytest

from myotrial.registry.comparators import find_lost_comparators


def test_each_bare_sign_is_found_with_its_place() -> None:
    text = "MMT-8 = 142 or score\n= 14"
    found = find_lost_comparators(text, "criteria.inclusion", start=100)
    assert [text[lost.start - 100 : lost.end - 100] for lost in found] == ["=", "="]
    assert [lost.candidates for lost in found] == [(">=", "<="), (">=", "<=")]
    assert "score = 14" in found[1].context
    assert found[0].place == "criteria.inclusion"


@pytest.mark.parametrize(
    "text",
    [
        "x >= 3", "x <= 3", "x => 3", "x =< 3", "x == 3", "x > = 3", "x </= 3", "x ≥ 3", "x ≤ 3", "x > 3", "x != 3",
        "https://example.org/show?proj=6381",
    ],
)  # fmt: skip
def test_a_sign_printed_in_full_is_not_lost(text: str) -> None:
    assert find_lost_comparators(text, "criteria.inclusion") == []


def test_a_double_bound_has_two() -> None:
    assert len(find_lost_comparators("18 = age = 65", "criteria.inclusion")) == 2


@pytest.mark.parametrize("text", ["(n = 8)", "p=0.05", "0 = none", "= ULN"])
def test_equality_is_only_ever_one_candidate_of_three(text: str) -> None:
    (lost,) = find_lost_comparators(text, "outcomes", outcome=4)
    assert lost.candidates == (">=", "<=", "=")
    assert lost.place == "outcome 4"


@pytest.mark.parametrize(
    "text",
    ["PaO2 (1mmHg = 0.133kPa)", "(lmmhg = o.133kpa)", "Severe type (n = 80)", "p = 0.05", "Child Pugh score = C"],
)
def test_a_true_equality_stays_possible(text: str) -> None:
    (sign,) = find_lost_comparators(text, "criteria.inclusion")
    assert "=" in sign.candidates


@pytest.mark.parametrize("text", ["SpO2 =93%", "temperature = 38.0°C", "RR = 30 breaths/min"])
def test_a_limit_is_never_an_equality(text: str) -> None:
    (sign,) = find_lost_comparators(text, "criteria.inclusion")
    assert sign.candidates == (">=", "<=")
