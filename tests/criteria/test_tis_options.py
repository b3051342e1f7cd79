"""What no source settles is an option: each changes what it should, and nothing else."""

import pytest

from myotrial.criteria.rules import load_criteria
from myotrial.criteria.tis import score_tis
from myotrial.model.errors import BadInput


def enzymes(still, **ratios):
    """Give a visit with enzymes at these multiples of their limits."""
    visit = {name: value for name, value in still.items() if not name.startswith("ck")}
    for name, ratio in ratios.items():
        visit |= {f"{name}_u_per_l": f"{ratio * 100:.3f}", f"{name}_uln_u_per_l": "100"}
    return visit


def found(scored, start, end, **options):
    row = scored([(start, end)], **options).row(0, named=True)
    return row["enzyme_used"], row["points_enzyme"]


def test_the_most_abnormal_by_multiples_or_by_share_of_the_range(still, scored):
    start = enzymes(still, ck=6, ldh=2.4)  # 6 and 2.4 limits; 40 % of 15 and 80 % of 3
    end = enzymes(still, ck=3, ldh=1.5)  # falls of 20 % and 30 %
    assert found(scored, start, end) == ("ck", 5)
    assert found(scored, start, end, enzyme_choice="fraction_of_range") == ("ldh", 7.5)


def test_shares_of_the_range_that_tie_are_exact_ties(still, scored):
    start = enzymes(still, ck=3.3, ldh=0.66, alt=0.66)  # 22 % of each range
    assert found(scored, start, start, enzyme_choice="fraction_of_range")[0] == "ck"
    more = start | {"alt_u_per_l": "66.001"}
    assert found(scored, more, more, enzyme_choice="fraction_of_range")[0] == "alt"


def test_the_enzyme_is_followed_or_chosen_anew(still, scored):
    start, end = enzymes(still, ck=5, ldh=4), enzymes(still, ck=1, ldh=3.4)
    assert found(scored, start, end) == ("ck", 7.5)  # 4 of 15 is 27 %
    # chosen anew: CK 5 of 15 is 33.3 % of its range, LDH 3.4 of 3 is 113.3 %: no improvement
    assert found(scored, start, end, enzyme_followed="most_abnormal") == ("ldh", 0)


def test_chosen_anew_by_multiples_a_further_fall_can_lower_the_score(still, scored):
    start = enzymes(still, ck=5, ldh=4)
    some, more = enzymes(still, ck=3.5, ldh=3.4), enzymes(still, ck=1, ldh=3.4)
    assert found(scored, start, some, enzyme_followed="most_abnormal") == ("ck", 2.5)  # 1.5 of 15 is 10 %
    assert found(scored, start, more, enzyme_followed="most_abnormal") == ("ldh", 0)  # from 33 % to 113 % of a range
    by_share = {"enzyme_followed": "most_abnormal", "enzyme_choice": "fraction_of_range"}
    assert found(scored, start, some, **by_share) == found(scored, start, more, **by_share) == ("ldh", 5)  # 0.6 of 3


def test_ties_go_by_the_order_given(still, scored):
    start, end = enzymes(still, ck=4, alt=4), enzymes(still, ck=4, alt=3)
    assert found(scored, start, end) == ("ck", 0)
    assert found(scored, start, end, enzyme_ties=["alt", "ast", "ldh", "aldolase", "ck"]) == ("alt", 7.5)


def test_the_ranges_are_the_denominators(still, scored):
    start, end = enzymes(still, ck=4), enzymes(still, ck=2)
    assert found(scored, start, end)[1] == 2.5  # 2 of 15 is 13.3 %
    assert found(scored, start, end, enzyme_range_uln={"ck": 8})[1] == 5  # exactly 25 %
    assert found(scored, start, end, enzyme_range_uln={"ck": 7.9})[1] == 7.5
    assert found(scored, start, end, enzyme_range_uln={"ldh": 1})[1] == 2.5


@pytest.mark.parametrize(
    ("start", "end", "as_it_is", "cut"),
    [(40, 20, 7.5, 0), (40, 14.25, 7.5, 0), (40, 14.24, 7.5, 2.5), (15, 11.25, 5, 5), (15.01, 11.25, 7.5, 5)],
)
def test_values_above_the_range_are_taken_or_cut(still, scored, start, end, as_it_is, cut):
    pair = enzymes(still, ck=start), enzymes(still, ck=end)
    assert found(scored, *pair) == ("ck", as_it_is)
    assert found(scored, *pair, enzyme_truncated=True) == ("ck", cut)


@pytest.mark.parametrize(
    "bad",
    [
        {"enzyme_choice": "largest"},
        {"enzyme_choice": {}},
        {"enzyme_followed": True},
        {"enzyme_truncated": "true"},
        {"enzyme_truncated": [True]},
        {"enzyme_ties": ["ck", "ldh"]},
        {"enzyme_ties": ["ck", "ck", "ldh", "ast", "alt"]},
        {"enzyme_ties": [1, "ck"]},
        {"enzyme_ties": "ck"},
        {"enzyme_range_uln": {"ck": 0}},
        {"enzyme_range_uln": {"ck": -3}},
        {"enzyme_range_uln": {"ck": float("nan")}},
        {"enzyme_range_uln": {"ck": float("inf")}},
        {"enzyme_range_uln": {"ck": "15"}},
        {"enzyme_range_uln": {"ck": True}},
        {"enzyme_range_uln": {"troponin": 3}},
        {"enzyme_range_uln": 15},
        {"missing": "locf"},
        {"missing": None},
        {"enzyme_choise": "multiple_of_uln"},
        {7: True},
    ],
)
def test_a_bad_option_is_a_fault_of_its_name(still, visit_table, bad):
    with pytest.raises(BadInput) as told:
        score_tis(visit_table([(still, still)]), options=bad)
    (fault,) = told.value.faults
    assert str(fault.column) == str(next(iter(bad)))
    assert fault.expected


def test_all_bad_options_are_told_at_once(still, visit_table):
    with pytest.raises(BadInput, match="2 faults") as told:
        score_tis(visit_table([(still, still)]), options={"enzyme_choise": 1, "missing": "locf"})
    assert "did you mean enzyme_choice?" in str(told.value)


def test_unknown_criteria_are_a_fault(still, visit_table):
    with pytest.raises(BadInput, match="acr-eular-2016-adult"):
        score_tis(visit_table([(still, still)]), "acr-eular-2016-adults")


def test_the_result_says_which_options_were_used(still, visit_table):
    frame = visit_table([(still, still)])
    used = score_tis(frame, options={"enzyme_range_uln": {"ck": 10}, "missing": "zero"}).options
    assert set(used) == set(load_criteria("acr-eular-2016-adult").options)
    assert used["enzyme_range_uln"] == {"ck": 10, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}
    assert used["missing"] == "zero"
    assert score_tis(frame).options["enzyme_range_uln"]["ck"] == 15  # and the defaults are as before


def test_the_enzyme_is_chosen_by_what_was_measured_and_cut_afterwards(still, scored):
    start, end = enzymes(still, ck=16, alt=20), enzymes(still, ck=1, alt=19)
    assert found(scored, start, end, enzyme_truncated=True) == ("alt", 0)  # both ends are 3 of 3
    assert found(scored, start, enzymes(still, ck=1, alt=1.5), enzyme_truncated=True) == ("alt", 7.5)  # half of it
