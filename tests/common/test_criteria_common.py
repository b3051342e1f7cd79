"""What every set of response criteria and every rule of change must do, run over all data files."""

import itertools

import numpy as np
import polars as pl
import pytest

from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.change.visits import apply_rule
from myotrial.criteria.every import RULES, score_visits
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.criteria.tis import score_tis

SEED = 20_170_501
SUBJECTS = 24
COMPLETIONS = 12


def ways(name):
    """Return the defaults, and each other choice of each option alone."""
    options = (load_criteria(name) if name in list_criteria() else load_rule(name)).options
    return [{}, *({key: choice} for key, held in options.items() for choice in held.choices if choice != held.default)]


CASES = [
    pytest.param(name, chosen, id="-".join([name, *(f"{key}={value}" for key, value in chosen.items())]))
    for name in [*list_criteria(), *list_rules()]
    for chosen in ways(name)
]
every = pytest.mark.parametrize(("name", "chosen"), CASES)
criteria_only = pytest.mark.parametrize(
    ("name", "chosen"), [case for case in CASES if case.values[0] in list_criteria()]
)
measuring = pytest.mark.parametrize(
    ("name", "chosen"),
    [case for case in CASES if case.values[0] in list_criteria() and set(case.values[1]) <= {"missing", "strength"}],
)
rules_only = pytest.mark.parametrize(("name", "chosen"), [case for case in CASES if case.values[0] in list_rules()])


def answered(name, frame, options):
    """Return the scores, a rule's under the name ``answer``; one without a function of its own is answered too."""
    if name in list_criteria():
        return score_tis(frame, name, baseline_week=0, options=options).frame
    if name in RULES:
        scores = score_visits(frame, name, baseline_week=0, options=options)
        return scores.frame.rename({scores.answer: "answer"})
    applied = apply_rule(frame, name, 0, options)
    shown = [applied.answers.column("answer", applied.settled.tree)]
    for group in applied.settled.counted:
        shown += [*applied.counts(group), *applied.flags(group)]
    return pl.DataFrame([*applied.keys("subject_id", "week"), *applied.answers.spread(shown)])


def answered_each(name, frames, options):
    """Return the scores of several tables, each as if it were alone; they are scored as one."""
    together = pl.concat(
        (
            frame.with_columns(pl.col("subject_id") + f":{number}").with_columns(
                pl.col(pl.Int64, pl.Float64).cast(pl.Float64)
            )
            for number, frame in enumerate(frames)
        ),
        how="diagonal",
    )
    scores = answered(name, together, options)
    parts = scores.with_columns(part=pl.col("subject_id").str.extract(r":(\d+)$").cast(pl.Int64))
    plain = parts.with_columns(pl.col("subject_id").str.replace(r":\d+$", ""))
    return [plain.filter(pl.col("part") == number).drop("part") for number in range(len(frames))]


def settled(drawing, name, chosen):
    return chosen | drawing.stated(name)


def hidden(frame, columns, generator, share):
    """Return the frame with a share of its cells empty."""
    return frame.with_columns(
        pl.when(pl.Series(generator.random(frame.height) < share)).then(None).otherwise(pl.col(column)).alias(column)
        for column in columns
    )


def hideable(drawing, name, options):
    columns, enzymes = drawing.measures_of(name, options)
    return [*columns, *(["ck_u_per_l"] if enzymes else [])]


def assert_inside(narrow, wide, *, complete=False):
    """Check that what is known of less does not contradict what is known of more; intervals hold each other."""
    for column in narrow.columns:
        base = column.removesuffix("_low").removesuffix("_high")
        if column in {"subject_id", "week", "day", "enzyme_used"}:
            continue
        if column.endswith("_low"):
            assert (wide[column] <= narrow[column]).all(), column
        elif column.endswith("_high"):
            assert (wide[column] >= narrow[column]).all(), column
        elif base == column:
            known = wide[column].is_not_null()
            assert narrow[column].filter(known).equals(wide[column].filter(known)), column
        if complete and column in {"tis", "category", "answer"}:
            assert narrow[column].null_count() == 0


@every
def test_a_value_instead_of_an_unknown_never_contradicts_the_answer_before(drawing, name, chosen):
    options = settled(drawing, name, chosen)
    full = drawing.visits(name, options, SEED, SUBJECTS)
    columns = hideable(drawing, name, options)
    generator = np.random.default_rng(SEED + 1)
    if chosen.get("missing") == "zero" or chosen.get("unknown_visit") in {"skipped", "not_met"}:
        chosen_out = {"missing", "unknown_visit"}  # these take a side on purpose: the answer is not an interval
        options = {key: value for key, value in options.items() if key not in chosen_out}
    if chosen.get("enzyme_followed") == "most_abnormal":
        columns = [column for column in columns if column != "ck_u_per_l"]
    scores = [answered(name, full, options)]
    frame = full
    seen = 0
    for _ in range(4):
        frame = hidden(frame, [column for column in columns if column != "ck_u_per_l"], generator, 0.12)
        if "ck_u_per_l" in columns:  # the enzyme followed is chosen of those measured at baseline: hide later ones
            later = frame["week"] > 0
            some = pl.Series(generator.random(frame.height) < 0.12) & later
            frame = frame.with_columns(pl.when(some).then(None).otherwise(pl.col("ck_u_per_l")).alias("ck_u_per_l"))
        scores.append(answered(name, frame, options))
        assert_inside(scores[-2], scores[-1])
        assert_inside(scores[0], scores[-1])
        answer = "tis" if name in list_criteria() else "answer"
        seen += scores[-1][answer].null_count()
    assert seen


@every
def test_no_known_answer_changes_whatever_is_filled_in(drawing, name, chosen):
    options = settled(drawing, name, chosen)
    if chosen.get("missing") == "zero" or chosen.get("enzyme_followed") == "most_abnormal":
        return
    columns, _ = drawing.measures_of(name, options)
    generator = np.random.default_rng(SEED + 2)
    full = drawing.visits(name, options, SEED + 3, SUBJECTS)
    partial = hidden(full, columns, generator, 0.25)
    wide = answered(name, partial, {key: value for key, value in options.items() if key != "unknown_visit"})
    filled = []
    for number in range(COMPLETIONS):
        other = drawing.visits(name, options, SEED + 10 + number, SUBJECTS)
        filled.append(partial.with_columns(pl.col(column).fill_null(other[column]) for column in columns))
    for scores in answered_each(name, filled, options):
        assert_inside(scores, wide)


@measuring
def test_a_missing_measure_is_the_whole_interval_and_never_zero(drawing, name, chosen):
    """Hide one follow-up value, put in every value of the grid: the ends of the interval are the extremes."""
    options = settled(drawing, name, chosen)
    criteria = load_criteria(name)
    start = drawing.visits(name, options, SEED + 4, 4, weeks=(0, 8))
    for measure in criteria.measures_for(criteria.settle(options)):
        if not measure.column or measure.range.low is None:
            continue
        column = drawing.columns[measure.column]
        top = 80 if column.max_column else column.max
        late = pl.col("week") > 0
        grid = np.arange(0, top + drawing.step_of(column) / 2, drawing.step_of(column))
        values = [*grid[:: max(1, len(grid) // 40)].round(9).tolist(), float(top)]
        filled = [
            start.with_columns(pl.when(late).then(pl.lit(value)).otherwise(pl.col(column.name)).alias(column.name))
            for value in values
        ]
        totals = np.stack([scores["tis"].to_numpy() for scores in answered_each(name, filled, options)])
        gone = start.with_columns(pl.when(late).then(None).otherwise(pl.col(column.name)).alias(column.name))
        found = answered(name, gone, options)
        if chosen.get("missing") == "zero":
            assert (found["tis"].to_numpy() == totals.min(axis=0)).all()
            continue
        assert found["tis"].null_count() == found.height
        assert found[f"points_{measure.id}"].null_count() == found.height
        assert (found["tis_low"].to_numpy() == totals.min(axis=0)).all()
        assert (found["tis_high"].to_numpy() == totals.max(axis=0)).all()


def positive(name, options):
    """Tell whether a better measure can only help: not so where the rule asks for worsening alone."""
    if name in list_criteria():
        return True
    rule = load_rule(name).settle(options)
    return not all(leaf.change == "worse" for leaf in rule.leaves)


def nudged(frame, drawing, column, lower, *, better, baseline):
    """Return the frame with one measure a few steps better (or worse) at baseline, or at follow-up."""
    held = drawing.columns[column]
    low, high = held.min or 0, 80 if held.max_column else 400 if held.uln else held.max
    step = drawing.step_of(held) * (-1 if lower == better else 1) * 3
    rows = (pl.col("week") == 0) == baseline
    return frame.with_columns(
        pl.when(rows).then((pl.col(column) + step).clip(low, high).round(9)).otherwise(pl.col(column)).alias(column)
    )


@every
def test_better_never_lowers_and_worse_never_raises(drawing, name, chosen):
    """Better at follow-up helps; at baseline it leaves less to gain.

    All enzymes fall together: which one is the most abnormal stays as it is.
    """
    options = settled(drawing, name, chosen)
    full = drawing.visits(name, options, SEED + 5, 40)
    columns, enzymes = drawing.measures_of(name, options)
    changes = [
        (nudged(full, drawing, column, lower, better=better, baseline=baseline), better != baseline)
        for (column, lower), better, baseline in itertools.product(columns.items(), (True, False), (True, False))
        if not baseline or any(leaf.change for leaf in leaves(name, options))
    ]
    if enzymes:
        late = pl.col("week") > 0
        for factor in (0.5, 2):
            held = [pl.col(f"{enzyme}_u_per_l") for enzyme in ("ck", "aldolase", "ldh")]
            moved = full.with_columns(pl.when(late).then(value * factor).otherwise(value).name.keep() for value in held)
            changes.append((moved, factor < 1))
    before = answered(name, full, options)
    truth = "tis" if name in list_criteria() else "answer"
    moved = 0
    for (_, helps), after in zip(changes, answered_each(name, [frame for frame, _ in changes], options), strict=True):
        up = helps == positive(name, options)
        pair = pl.DataFrame({"before": before[truth], "after": after[truth]}).drop_nulls().cast(pl.Float64)
        difference = pair["after"] - pair["before"]
        assert ((difference >= 0) if up else (difference <= 0)).all()
        moved += int((difference != 0).sum())
    assert moved or name == "printo-inactive"  # three of four values at their edges are rare


def leaves(name, options):
    """Return what a rule compares; criteria compare changes."""
    if name in list_rules():
        return load_rule(name).settle(options).leaves
    return [leaf for rule in list_rules() for leaf in load_rule(rule).settle({}).leaves if leaf.change][:1]


@criteria_only
def test_range_and_thresholds(drawing, name, chosen):
    options = settled(drawing, name, chosen)
    criteria = load_criteria(name)
    top = sum(measure.bands.points[-1] for measure in criteria.measures_for(criteria.settle(options)))
    assert top == 100
    columns, enzymes = drawing.measures_of(name, options)
    frame = drawing.visits(name, options, SEED + 6, 60)
    scores = answered(name, frame, options)
    assert scores["tis"].is_between(0, top).all()
    words = ["none", *criteria.thresholds]
    for name_, low, high in zip(words, [0, *criteria.thresholds.values()], [*criteria.thresholds.values(), 101],
                                strict=True):  # fmt: skip
        held = scores.filter(pl.col("category") == name_)["tis"]
        assert held.is_between(low, high, closed="left").all()
    assert list(criteria.thresholds.values()) == sorted(criteria.thresholds.values())
    ends = [[], []]
    for column, lower in columns.items():
        held = drawing.columns[column]
        low, high = held.min or 0, 80 if held.max_column else held.max
        ends[0].append(pl.lit(float(high if lower else low)).alias(column))
        ends[1].append(pl.lit(float(low if lower else high)).alias(column))
    if enzymes:
        ends[0] += [
            pl.lit(9e5).alias("ck_u_per_l"),
            *(pl.lit(0.0).alias(f"{one}_u_per_l") for one in ("aldolase", "ldh")),
        ]
        ends[1] += [pl.lit(0.0).alias(f"{one}_u_per_l") for one in ("ck", "aldolase", "ldh")]
    cast = [pl.col(column).cast(pl.Float64) for column in columns]
    two = frame.filter(pl.col("week") < 16).with_columns(cast)
    for first, last, total in ((0, 1, top), (1, 0, 0), (0, 0, 0)):
        at_start, at_end = two.filter(pl.col("week") == 0).with_columns(ends[first]), two.filter(pl.col("week") > 0)
        both = pl.concat([at_start, at_end.with_columns(ends[last])])
        best = answered(name, both, {**options, "enzyme_followed": "same"} if enzymes else options)
        assert best["tis"].to_list() == [total] * best.height


@rules_only
def test_counts_are_those_of_the_flags(drawing, name, chosen):
    options = settled(drawing, name, chosen)
    full = drawing.visits(name, options, SEED + 7, 40)
    frame = hidden(full, hideable(drawing, name, options), np.random.default_rng(SEED), 0.1)
    scores = answered(name, frame, options)
    rule = load_rule(name).settle(options)
    for group, held in rule.counted.items():
        flags = scores.select(f"{group}_{leaf.measure}" for leaf in held)
        low = flags.select(pl.sum_horizontal(pl.all().fill_null(False)))
        high = flags.select(pl.sum_horizontal(pl.all().fill_null(True)))
        assert low.to_series().cast(pl.Int64).to_list() == scores[f"n_{group}_low"].to_list()
        assert high.to_series().cast(pl.Int64).to_list() == scores[f"n_{group}_high"].to_list()


@every
def test_rows_do_not_matter_to_each_other(drawing, name, chosen):
    options = settled(drawing, name, chosen)
    frame = hidden(drawing.visits(name, options, SEED + 8, 4), hideable(drawing, name, options),
                   np.random.default_rng(SEED), 0.1)  # fmt: skip
    scores = answered(name, frame, options)
    shuffled = answered(name, frame.sample(fraction=1, shuffle=True, seed=SEED), options)
    assert shuffled.sort("subject_id", "week").equals(scores.sort("subject_id", "week"))
    alone = [answered(name, part, options) for part in frame.partition_by("subject_id", maintain_order=True)]
    assert pl.concat(alone).equals(scores)


@every
def test_units_do_not_matter(drawing, name, chosen):
    """U/L and µkat/L, and multiples of the limit: the same scores."""
    options = settled(drawing, name, chosen)
    columns, enzymes = drawing.measures_of(name, options)
    frame = drawing.visits(name, options, SEED + 9, 30)
    held = [column for column in frame.columns if column.endswith("_u_per_l")]
    if not held:
        assert not enzymes
        return
    small = frame.with_columns((pl.col(column) / 60).round(3).clip(0.001) for column in held)
    kat = small.rename({column: column.replace("_u_per_l", "_ukat_per_l") for column in held})
    units = small.with_columns((pl.col(column) * 60).round(9) for column in held)
    assert answered(name, kat, options).equals(answered(name, units, options))
    if not set(held) & set(columns):  # a rule that asks for U/L is not about multiples
        limits = {column: column.replace("_u_per_l", "_uln_u_per_l") for column in held if "_uln_" not in column}
        ratios = [(pl.col(value) / pl.col(limit)).round(9).alias(value) for value, limit in limits.items()]
        multiples = frame.with_columns(ratios).with_columns(pl.lit(1.0).alias(limit) for limit in limits.values())
        assert answered(name, multiples, options).equals(answered(name, frame, options))


@measuring
def test_every_edge_from_both_sides(drawing, name, chosen):
    """Exactly on an edge is the band below; a billionth more, or a whole point, is the band above."""
    options = settled(drawing, name, chosen)
    criteria = load_criteria(name)
    for measure in criteria.measures_for(criteria.settle(options)):
        if not measure.column:
            continue
        held = drawing.columns[measure.column]
        width = measure.range.width or (80 if held.max_column else measure.range.high - measure.range.low)
        worst = (width if measure.better == "lower" else 0) + (measure.range.low or 0)
        sign = -1 if measure.better == "lower" else 1
        rows, right = [], []
        for place, edge in enumerate(measure.bands.edges_percent):
            for step in (-1, 0, 1):
                at = worst + sign * (width * edge / 100 + step * 1e-9)
                if held.kind == "whole":
                    at = worst + sign * (int(width * edge / 100) + step)
                rows += [worst, round(at, 9)]
                right.append(measure.bands.points[place + (100 * abs(rows[-1] - worst) / width > edge and step > 0)])
        frame = drawing.visits(name, options, SEED, len(rows) // 2, weeks=(0, 8))
        more = [pl.Series(held.max_column, [80.0] * len(rows))] if held.max_column else []
        moved = frame.with_columns(pl.Series(measure.column, rows, dtype=pl.Float64), *more)
        assert answered(name, moved, options)[f"points_{measure.id}"].to_list() == right
