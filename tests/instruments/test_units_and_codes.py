"""Units that are declared and never guessed, systems that were not assessed, letters, and answers in words."""

import pytest

from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.model.errors import BadInput

LINES = ("physician-global-activity", "patient-global-activity", "extramuscular-global", "physician-global-damage")


@pytest.mark.parametrize("name", LINES)
def test_millimetres_are_centimetres_divided_by_ten_exactly(row_of, name):
    item, total = load_instrument(name).items[0].id, load_instrument(name).totals[0].name
    for millimetres in range(101):
        assert row_of(name, {item: millimetres}, unit="mm")[total] == float(f"{millimetres // 10}.{millimetres % 10}")
    assert row_of(name, {item: 6.3}, unit="cm")[total] == 6.3


@pytest.mark.parametrize("name", [*LINES, "myoact"])
def test_a_unit_that_is_not_stated_is_not_guessed(row_of, name):
    with pytest.raises(BadInput, match="it cannot be guessed"):
        row_of(name, {}, rest=5)


def test_millimetres_among_centimetres_are_a_fault_with_a_hint(row_of):
    with pytest.raises(BadInput, match="it would fit unit mm"):
        row_of("physician-global-activity", {"physician_global": 63}, unit="cm")


def test_the_likert_scale_is_another_instrument(row_of):
    assert row_of("physician-global-activity-likert", {"physician_global": 4})["physician_global_likert"] == 4
    with pytest.raises(BadInput, match="0 to 4"):
        row_of("patient-global-activity-likert", {"patient_global": 5})


def test_a_system_that_was_not_assessed_leaves_the_sum_and_what_is_possible(row_of):
    row = row_of("myoact", {"cutaneous": 2, "cardiac": 4}, rest="not_assessed", unit="cm")
    assert (row["myoact"], row["n_missing"]) == (0.3, 0)
    assert (row["myoact_sum"], row["myoact_sum_low"], row["myoact_sum_high"]) == (None, 6, 46)


def test_a_system_that_is_missing_does_not(row_of):
    row = row_of("myoact", {"cutaneous": None}, rest=30, unit="mm")
    assert (row["myoact"], row["myoact_low"], row["myoact_high"]) == (None, 0.25, 25 / 60)
    assert (row["myoact_sum_low"], row["myoact_sum_high"]) == (15, 25)


def test_with_no_system_assessed_there_is_no_share(row_of):
    row = row_of("myoact", {}, rest="not_assessed", unit="cm")
    assert (row["myoact"], row["myoact_low"], row["myoact_high"]) == (None, None, None)


SYSTEMS = ["constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiac", "muscle"]


def test_letters_give_their_points(row_of):
    row = row_of("mitax", dict(zip(SYSTEMS, "ABCDEAB", strict=True)))
    assert row["mitax"] == 25
    assert row_of("mitax", {}, rest="A")["mitax"] == 63


def test_other_points_for_letters_are_an_option(row_of):
    row = row_of("mitax", {"muscle": None}, rest="A", letters={"A": 8})
    assert (row["mitax_low"], row["mitax_high"]) == (48, 56)


def test_a_letter_that_is_none_is_a_fault(row_of):
    with pytest.raises(BadInput, match="expected one of A, B, C, D, E"):
        row_of("mitax", {"muscle": "F"}, rest="A")
    with pytest.raises(BadInput, match="expected one of A, B, C, D, E"):
        row_of("mitax", {"muscle": 9}, rest="A")


def test_answers_in_words(row_of):
    assert row_of("dlqi", {"q7": "yes", "q4": "not_relevant"}, rest=1)["dlqi"] == 11
    with pytest.raises(BadInput, match="yes is not an answer to q3"):
        row_of("dlqi", {"q3": "yes"}, rest=1)


@pytest.mark.parametrize(("blanks", "allowed", "total"), [(0, 0, 20), (1, 0, None), (1, 1, 18), (2, 1, None)])
def test_a_blank_in_the_dlqi_is_zero_only_by_the_option(row_of, blanks, allowed, total):
    answers = {f"q{number}": None for number in range(1, blanks + 1)}
    row = row_of("dlqi", answers, rest=2, blanks_allowed=allowed)
    assert row["dlqi"] == total
    assert (row["dlqi_low"], row["dlqi_high"]) == (20 - 2 * blanks, 20 + blanks)


def test_the_stated_maxima(row_of):
    highest = {name: {item.id: item.high for item in load_instrument(name).items} for name in ("cmas", "das", "cat-bm")}
    assert row_of("cmas", highest["cmas"])["cmas"] == 52
    assert row_of("das", highest["das"])["das"] == 20
    row = row_of("cat-bm", highest["cat-bm"])
    assert (row["cat_bm_activity"], row["cat_bm_damage"]) == (17, 11)


def test_which_totals_are_better_high():
    better = {total.name: total.better for name in list_instruments() for total in load_instrument(name).totals}
    high = {"mmt8", "mmt26", "mmt26_axial", "mmt26_proximal", "mmt26_distal", "cmas", "chq_phs", "eq5d_vas"}
    assert high <= {name for name, direction in better.items() if direction == "higher"}
    for name in ("mmt8_loss_percent", "haq_di", "chaq", "cdasi_activity", "das", "dlqi", "eq5d_level_sum", "myoact"):
        assert better[name] == "lower"
