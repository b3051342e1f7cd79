"""What every classification must do, run over all data files."""

import numpy as np
import polars as pl
import pytest

from myotrial.criteria.classification.every import CLASSIFIERS, classify, list_facts
from myotrial.criteria.classification.facts import load_facts, read_facts
from myotrial.criteria.classification.groups import classify_groups
from myotrial.criteria.classification.rules import FACTS, FOLDER, list_classifications, load_classification
from myotrial.model.data import load_data

SEED = 1975
SUBJECTS = 60
SIDES = {"documented", "evidence", "rests_on", "boundary_conflict", "differs"}
"""Columns that say what rests on what is known now: they may change as more becomes known."""
ALWAYS = ("biopsy_done", "cancer")
"""Known from the start: what was not done cannot become known."""


def ways(name):
    """Return the defaults, and each other choice of each option alone; and dates alone, where dates come first."""
    options = load_classification(name).options
    found = [{key: choice} for key, held in options.items() for choice in held.choices if choice != held.default]
    return [{}, *found]


CASES = [
    pytest.param(name, chosen, id="-".join([name, *map(str, chosen.values())]))
    for name in list_classifications()
    for chosen in ways(name)
]
every = pytest.mark.parametrize(("name", "chosen"), CASES)


def answered(name, frame, chosen):
    """Classify; a classification without a function of its own by its groups."""
    if name in CLASSIFIERS:
        return classify(frame, name, options=chosen)
    rule = load_classification(name)
    return classify_groups(rule, read_facts(frame), rule.settle(chosen))


def facts_of(name, chosen):
    if name in CLASSIFIERS:
        return list_facts(name, options=chosen)["fact"].to_list()
    rule = load_classification(name)
    groups = rule.resolve(rule.settle(chosen)).groups.values()
    return [fact for fact in load_facts() if any(f"'{fact}'" in repr(group) for group in groups)]


def truth(name, chosen, seed):
    """Draw every fact that a classification reads, in agreement with each other."""
    generator = np.random.default_rng(seed)
    columns, data, wanted = load_facts(), load_data(FOLDER, FACTS), facts_of(name, chosen)
    held = {}
    for fact in columns:
        if columns[fact].kind == "flag":
            held[fact] = generator.random(SUBJECTS) < (0.7 if len(wanted) < 8 else 0.4)
        elif columns[fact].numeric:
            held[fact] = generator.integers(0, 20 if columns[fact].max > 10 else 10, SUBJECTS).astype(np.float64)
    held["onset_age_years"] = generator.integers(1, 70, SUBJECTS).astype(np.float64)
    for band in data["bands"]:
        number = held[band["number"]]
        held[band["flag"]] = (number >= band["from"]) & (number < band.get("to", np.inf))
    for fact in ALWAYS:
        held[fact] = np.ones(SUBJECTS, dtype=bool)
    for _ in data["wholes"]:  # a part may be a whole itself
        for whole in data["wholes"]:
            read = [held[part] for part in whole["parts"] if part in wanted]
            if not read:
                continue
            parts = np.any(read, axis=0)
            held[whole["whole"]] = parts if whole["closed"] else parts | held[whole["whole"]]
    frame = pl.DataFrame({fact: values for fact, values in held.items() if fact in {*wanted, *ALWAYS}})
    if chosen.get("rests_on") == "dates":  # else the stated diagnosis, which dates may contradict
        years = generator.integers(2000, 2012, (2, SUBJECTS))
        dates = zip(("myositis_diagnosed", "cancer_diagnosed"), years, strict=True)
        frame = frame.with_columns(pl.Series(column, [f"{year}-05-0{year % 9 + 1}" for year in drawn])
                                   for column, drawn in dates)  # fmt: skip
    texts = {"cancer_associated_evidence": "as stated"} if "cancer_associated" in wanted else {}
    keys = pl.Series("subject_id", [f"S{number:03d}" for number in range(SUBJECTS)])
    return frame.select(keys, pl.all(), *(pl.lit(text).alias(column) for column, text in texts.items()))


def hidden(frame, generator, share):
    """Return the frame with a share of its facts unknown."""
    told = {"subject_id", "cancer_associated_evidence"}
    facts = [column for column in frame.columns if column not in told]
    return frame.with_columns(
        pl.when(pl.Series(generator.random(frame.height) < share)).then(None).otherwise(pl.col(fact)).alias(fact)
        for fact in facts
        if fact not in ALWAYS
    )


def assert_inside(narrow, wide):
    """Check that what was known stays, what is possible becomes less, and intervals hold each other."""
    for column in narrow.columns:
        before, after = wide[column], narrow[column]
        if column == "subject_id" or column in SIDES:
            continue
        if before.dtype == pl.List(pl.String):
            assert all(
                set(few) <= set(many) and few for few, many in zip(after.to_list(), before.to_list(), strict=True)
            ), column
        elif column.endswith(("_low", "_high")):
            if before.dtype.is_numeric():
                assert ((before <= after) if column.endswith("_low") else (before >= after)).all(), column
        else:
            known = before.is_not_null()
            assert after.filter(known).equals(before.filter(known)), column


@every
def test_a_fact_instead_of_an_unknown_never_contradicts_the_answer_before(name, chosen):
    generator = np.random.default_rng(SEED)
    frame = truth(name, chosen, SEED + 1)
    frames = [frame]
    for share in (0.15, 0.25, 0.35):
        frames.append(hidden(frames[-1], generator, share))
    found = [answered(name, each, chosen) for each in frames]
    for number, narrow in enumerate(found):
        for wide in found[number + 1 :]:
            assert_inside(narrow.frame, wide.frame)
    decided = found[0].frame[found[0].decides]
    assert decided.null_count() == 0
    assert found[-1].frame[found[-1].decides].null_count() > 0
    for each in found:
        if "possible" in each.frame.columns:
            pairs = zip(decided, each.frame["possible"].to_list(), strict=True)
            assert all(category in possible for category, possible in pairs)


@every
def test_nothing_known_decides_nothing(name, chosen):
    row = answered(name, {"subject_id": "S1"}, chosen)
    assert row.frame[row.decides].to_list() == [None]


@every
def test_rows_do_not_matter_to_each_other(name, chosen):
    frame = hidden(truth(name, chosen, SEED + 2), np.random.default_rng(SEED), 0.2)
    found = answered(name, frame, chosen).frame
    order = np.random.default_rng(SEED).permutation(SUBJECTS)
    assert answered(name, frame[order], chosen).frame.equals(found[order])
    for row in (0, SUBJECTS - 1):
        assert answered(name, frame[row], chosen).frame.equals(found[row])


@every
def test_every_category_is_one_of_those_named(name, chosen):
    rule = load_classification(name)
    named = {*(category.name for category in rule.categories), rule.otherwise}
    frame = answered(name, truth(name, chosen, SEED + 3), chosen).frame
    if "category" in frame.columns:
        assert set(frame["category"]) <= named
        assert frame["category"].n_unique() > 1
    if rule.score is not None:
        assert set(frame["tier"]) <= set(rule.score.tiers)
        assert set(frame["subtype_if_iim"]) <= named


def test_every_classification_has_its_function():
    assert set(CLASSIFIERS) == set(list_classifications())
