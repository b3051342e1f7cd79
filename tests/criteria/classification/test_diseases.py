"""Bohan and Peter, necrotising myopathy, antisynthetase, overlap: every combination of yes, no and unknown."""

from itertools import product

import polars as pl
import pytest

from myotrial.criteria.classification.diseases import (
    classify_antisynthetase,
    classify_bohan_peter,
    classify_imnm,
    classify_overlap,
)


def bohan_peter(weak, enzyme, emg, biopsy, rash, excluded):
    if excluded:
        return "excluded"
    number = weak + enzyme + emg + biopsy
    if rash:
        return {0: "neither", 1: "possible DM", 2: "probable DM"}.get(number, "definite DM")
    return {2: "possible PM", 3: "probable PM", 4: "definite PM"}.get(number, "neither")


def imnm(ck, weak, srp, hmgcr, biopsy):
    if not (ck and weak):
        return "not IMNM"
    if srp or hmgcr:
        return "both antibodies" if srp and hmgcr else "anti-SRP myopathy" if srp else "anti-HMGCR myopathy"
    return "antibody-negative IMNM" if biopsy else "not IMNM"


def named(rule, yes):
    return lambda *answers: yes if rule(*answers) else f"not {yes}"


def connors(ars, ild, arthritis, raynaud, hands, fever):
    return ars and ild + arthritis + raynaud + hands + fever >= 1


def solomon(ars, ild, pm_dm, arthritis, raynaud, hands):
    major, minor = ild + pm_dm, arthritis + raynaud + hands
    return ars and (major == 2 or (major == 1 and minor >= 2))


def proposal(ars, myositis, ild, joints, fever, raynaud, hands):
    return ars and (myositis or ild or joints or fever + raynaud + hands >= 2)


ASYS = "antisynthetase syndrome"
CASES = {
    "bohan_peter": (
        classify_bohan_peter,
        {},
        [
            "proximal_weakness",
            "aldolase_raised",
            "emg_myopathic",
            "biopsy_myositis",
            "dm_rash",
            "bohan_peter_exclusion",
        ],
        bohan_peter,
        {"muscle_enzyme_raised": False},
    ),
    "imnm": (classify_imnm, {}, ["ck_high", "proximal_weakness", "anti_srp", "anti_hmgcr", "imnm_biopsy"], imnm, {}),
    "connors": (
        classify_antisynthetase,
        {},
        ["anti_ars", "ild", "arthritis", "raynaud", "mechanics_hands", "unexplained_fever"],
        named(connors, ASYS),
        {},
    ),
    "solomon": (
        classify_antisynthetase,
        {"definition": "solomon_2011"},
        ["anti_ars", "ild", "pm_or_dm_bohan_peter", "arthritis", "raynaud", "mechanics_hands"],
        named(solomon, ASYS),
        {},
    ),
    "proposal": (
        classify_antisynthetase,
        {"definition": "err_proposal"},
        ["anti_ars", "myositis", "ild", "articular_involvement", "unexplained_fever", "raynaud", "mechanics_hands"],
        named(proposal, ASYS),
        {},
    ),
    "overlap": (
        classify_overlap,
        {},
        ["myositis", "overlap_feature", "overlap_autoantibody"],
        named(lambda myositis, feature, antibody: myositis and (feature or antibody), "overlap myositis"),
        {},
    ),
    "overlap_defined": (
        classify_overlap,
        {"definition": "defined_disease"},
        ["myositis", "other_connective_tissue_disease"],
        named(lambda myositis, disease: myositis and disease, "overlap myositis"),
        {},
    ),
}


def completions(answers):
    return product(*[(False, True) if answer is None else (answer,) for answer in answers])


def pivotal(rule, answers, place):
    """Count the share of the completions of the others in which an unknown answer decides."""
    both = [rule(*full[:place], False, *full[place + 1 :]) != rule(*full[:place], True, *full[place + 1 :])
            for full in completions([*answers[:place], False, *answers[place + 1 :]])]  # fmt: skip
    return sum(both) / len(both)


@pytest.mark.parametrize("case", CASES)
def test_every_combination_of_yes_no_and_unknown(case):
    classify, options, names, rule, more = CASES[case]
    rows = list(product((False, None, True), repeat=len(names)))
    facts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Boolean), orient="row")
    found = classify(facts.with_columns(**{name: pl.lit(answer) for name, answer in more.items()}), options=options)
    for answers, row in zip(rows, found.frame.iter_rows(named=True), strict=True):
        left = {rule(*full) for full in completions(answers)}
        assert set(row["possible"]) == left
        assert row["category"] == (left.pop() if len(left) == 1 else None)
        assert row["documented"] == rule(*[bool(answer) for answer in answers])


@pytest.mark.parametrize("case", CASES)
def test_what_to_ask_next(case):
    classify, options, names, rule, more = CASES[case]
    rows = list(product((False, None, True), repeat=len(names)))[::5]
    facts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Boolean), orient="row")
    asked = classify(facts.with_columns(**{n: pl.lit(a) for n, a in more.items()}), options=options).ask_next()
    got = {}
    for subject, ask, share in asked.select("subject_id", "ask", "share").iter_rows():
        got.setdefault(int(subject) - 1, {})[ask] = share
    for number, answers in enumerate(rows):
        expected = {name: pivotal(rule, answers, place) for place, name in enumerate(names) if answers[place] is None}
        assert got.get(number, {}) == {name: share for name, share in expected.items() if share > 0}
        assert list(got.get(number, {}).values()) == sorted(got.get(number, {}).values(), reverse=True)


def test_rows_do_not_matter_to_each_other():
    facts = pl.DataFrame({"subject_id": ["a", "b", "c"], "anti_jo1": [True, None, False], "ild": [True, True, True]})
    found = classify_antisynthetase(facts).frame
    assert found["category"].to_list() == [ASYS, None, None]  # anti-Jo-1 is not the only one of its kind
    assert classify_antisynthetase(facts[::-1]).frame.equals(found[::-1])
    assert all(classify_antisynthetase(facts[row]).frame.equals(found[row]) for row in range(3))


def test_a_test_not_done_is_not_a_negative_one():
    facts = {"proximal_weakness": True, "ck_raised": True, "dm_rash": False, "bohan_peter_exclusion": False}
    found = classify_bohan_peter(facts)
    row = found.frame.row(0, named=True)
    assert row["possible"] == ["definite PM", "probable PM", "possible PM"]
    assert row["category"] is None
    assert row["documented"] == "possible PM"
    assert classify_bohan_peter({**facts, "emg_myopathic": False, "biopsy_myositis": False}).frame["category"][0] == (
        "possible PM"
    )
