"""What every instrument must do, run over all data files: a new instrument is registered by its file alone."""

import itertools
import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.instruments.describe import describe_instrument
from myotrial.instruments.scoring import score_instrument, score_wide
from myotrial.model.data import data_sha256
from myotrial.model.errors import BadInput

SEED = 20_240_611
COMPLETIONS = 60


def stated(instrument):
    """Every way to state what has to be stated and how values are written; the other options at their defaults."""
    names = [
        name for name, option in instrument.options.items() if option.default is None or name == instrument.scale_option
    ]
    choices = [list(instrument.options[name].choices) for name in names]
    return [dict(zip(names, combination, strict=True)) for combination in itertools.product(*choices)]


CASES = [
    pytest.param(load_instrument(name), options, id="-".join([name, *map(str, options.values())]))
    for name in list_instruments()
    for options in stated(load_instrument(name))
]
every = pytest.mark.parametrize(("instrument", "options"), CASES)
several = pytest.mark.parametrize(("instrument", "options"), [case for case in CASES if len(case.values[0].items) > 1])
in_numbers = pytest.mark.parametrize(
    ("instrument", "options"),
    [case for case in CASES if case.values[0].scale(case.values[0].settle(case.values[1])).numbers],
)


def written(instrument, options, item):
    """Return every value that an item may have as it is written, lowest first; a sample where it is not a grid."""
    settled = instrument.settle(options)
    scale = instrument.scale(settled)
    if not scale.numbers:
        codes = {code: scale.value_of(code, settled) for code in scale.codes}
        return sorted((code for code, value in codes.items() if value is not None), key=codes.get)
    low = item.low if scale.low is None else scale.low
    high = item.high if scale.high is None else scale.high
    step = item.step if scale.step is None else scale.step
    count = round((high - low) / step) if step else 7
    return [f"{low + (high - low) * number / count:.10g}" for number in range(count + 1)]


def frame_of(rows, instrument):
    """Lay rows (one mapping of item → written value or None each) out in long form, a subject for each."""
    cells = [
        (f"S{number:05d}", 4, item.id, row[item.id])
        for number, row in enumerate(rows)
        for item in instrument.items
        if item.id in row
    ]
    schema = {"subject_id": pl.String, "week": pl.Int64, "item": pl.String, "value": pl.String}
    return pl.DataFrame(cells, schema=schema, orient="row")


def scored(rows, instrument, options):
    return score_instrument(instrument, frame_of(rows, instrument), options=options).frame


def drawn(instrument, options, seed, count):
    """Draw complete answers."""
    generator = np.random.default_rng(seed)
    possible = {item.id: written(instrument, options, item) for item in instrument.items}
    return [{item: values[generator.integers(len(values))] for item, values in possible.items()} for _ in range(count)]


@every
def test_the_range_is_reached_at_both_ends_and_never_left(instrument, options):
    possible = {item.id: written(instrument, options, item) for item in instrument.items}
    ends = [{item: values[end] for item, values in possible.items()} for end in (0, -1)]
    frame = scored([*ends, *drawn(instrument, options, SEED, 40)], instrument, options)
    for total in instrument.totals:
        values = frame[total.name]
        assert sorted(values[:2]) == [total.low, total.high]
        assert values.is_between(total.low, total.high).all()


@every
def test_complete_answers_lie_on_the_stated_grid(instrument, options):
    frame = scored(drawn(instrument, options, SEED + 1, 40), instrument, options)
    assert (frame["n_missing"] == 0).all()
    for total in instrument.totals:
        assert frame[total.name].null_count() == 0
        assert frame[total.name].equals(frame[f"{total.name}_low"], check_names=False)
        assert frame[total.name].equals(frame[f"{total.name}_high"], check_names=False)
        if total.step:
            steps = (frame[total.name] - total.low) / total.step
            np.testing.assert_allclose(steps, steps.round(), rtol=0, atol=1e-9)


@every
def test_every_item_moves_its_totals_one_way_and_can_move_them(instrument, options):
    start = drawn(instrument, options, SEED + 2, 1)[0]
    low = {item.id: written(instrument, options, item)[0] for item in instrument.items}
    rows, spans = [], []
    for item in instrument.items:
        values = written(instrument, options, item)
        spans.append((item, len(rows), len(values)))
        rows += [{**base, item.id: value} for base in (start, low) for value in values]
    frame = scored(rows, instrument, options)
    for total in instrument.totals:
        column = frame[total.name].to_numpy()
        sign = -1 if total.rule == "percent_lost" else 1
        for item, at, count in spans:
            steps = sign * np.stack([np.diff(column[at : at + count]), np.diff(column[at + count : at + 2 * count])])
            assert (steps >= 0).all(), item.id
            assert total.takes(item) or not steps.any(), item.id


@every
def test_a_missing_item_gives_the_interval_of_all_completions(instrument, options):
    generator = np.random.default_rng(SEED + 3)
    possible = {item.id: written(instrument, options, item) for item in instrument.items}
    names = list(possible)
    for answers in drawn(instrument, options, SEED + 4, 3):
        gone = list(generator.choice(names, size=min(3, len(names)), replace=False))
        partial = {name: None if name in gone else value for name, value in answers.items()}
        ways = list(itertools.islice(itertools.product(*(possible[name] for name in gone)), 4_000))
        if len(ways) > COMPLETIONS:
            kept = [ways[at] for at in generator.choice(len(ways), COMPLETIONS, replace=False)]
            ways = [*kept, tuple(possible[name][0] for name in gone), tuple(possible[name][-1] for name in gone)]
        frame = scored(
            [partial, *({**partial, **dict(zip(gone, way, strict=True))} for way in ways)], instrument, options
        )
        first, full = frame.row(0, named=True), frame.tail(-1)
        assert first["n_missing"] == len(gone)
        for total in instrument.totals:
            low, high, value = first[f"{total.name}_low"], first[f"{total.name}_high"], first[total.name]
            assert (full[total.name].min(), full[total.name].max()) == (low, high)
            if low == high:
                assert value == low
            elif total.missing is None:
                assert value is None
            else:
                assert value is None or low <= value <= high


@every
def test_nothing_answered_says_nothing(instrument, options):
    row = scored([dict.fromkeys((item.id for item in instrument.items), None)], instrument, options).row(0, named=True)
    assert row["n_missing"] == len(instrument.items)
    for total in instrument.totals:
        assert row[total.name] is None
        assert (row[f"{total.name}_low"], row[f"{total.name}_high"]) == (total.low, total.high)


@several
def test_an_absent_row_is_as_missing_as_an_empty_one(instrument, options):
    answers = drawn(instrument, options, SEED + 5, 1)[0]
    name = instrument.items[-1].id
    absent = {item: value for item, value in answers.items() if item != name}
    empty, spaces = {**answers, name: None}, {**answers, name: "  "}
    frame = scored([absent, empty, spaces], instrument, options).drop("subject_id")
    assert frame.unique().height == 1


@every
def test_the_order_of_rows_does_not_matter(instrument, options):
    items = frame_of(drawn(instrument, options, SEED + 6, 6), instrument)
    shuffled = items.sample(fraction=1, shuffle=True, seed=SEED)
    assert score_instrument(instrument, items, options=options).frame.equals(
        score_instrument(instrument, shuffled, options=options).frame
    )


@every
def test_one_row_is_scored_as_many_are(instrument, options):
    items = frame_of(drawn(instrument, options, SEED + 7, 6), instrument)
    alone = [
        score_instrument(instrument, part, options=options).frame
        for part in items.partition_by("subject_id", maintain_order=True)
    ]
    assert pl.concat(alone).equals(score_instrument(instrument, items, options=options).frame)


@every
def test_long_and_wide_form_agree(instrument, options):
    rows = drawn(instrument, options, SEED + 8, 5)
    items = frame_of(rows, instrument)
    wide = pl.DataFrame([{"subject_id": f"S{number:05d}", "week": 4, **row} for number, row in enumerate(rows)])
    long = score_instrument(instrument, items, options=options).frame
    assert score_wide(instrument, wide, options=options).frame.equals(long)


@in_numbers
def test_numbers_are_read_as_their_text_is(instrument, options):
    rows = drawn(instrument, options, SEED + 9, 5)
    items = frame_of(rows, instrument)
    numbers = items.with_columns(pl.col("value").cast(pl.Float64, strict=False))
    texts = score_instrument(instrument, items, options=options).frame
    assert score_instrument(instrument, numbers, options=options).frame.equals(texts)


@pytest.mark.parametrize("name", list_instruments())
def test_the_score_is_the_same_whatever_the_unit(name):
    """Write the same marks in every unit that the instrument may be written in (cm and mm)."""
    instrument = load_instrument(name)
    units = {unit: scale for unit, scale in instrument.scales.items() if scale.numbers and scale.high}
    if len(units) < 2:
        assert all(scale.factor == "1" for scale in instrument.scales.values())
        return
    coarse = max(units.values(), key=lambda scale: Decimal(str(scale.step)) * Decimal(scale.factor))
    step = Decimal(str(coarse.step)) * Decimal(coarse.factor)
    marks = [step * number for number in range(int(Decimal(str(coarse.high)) * Decimal(coarse.factor) / step) + 1)]
    found = []
    for unit, scale in units.items():
        texts = [f"{mark / Decimal(scale.factor):f}" for mark in marks]
        rows = [{item.id: text for item in instrument.items} for text in texts]
        scores = scored(rows, instrument, {**stated(instrument)[0], instrument.scale_option: unit})
        assert scores[instrument.totals[0].name].null_count() == 0
        found.append(scores)
    assert all(scores.equals(found[0]) for scores in found)


@every
def test_every_fault_is_told_at_once(instrument, options):
    item, settled = instrument.items[0], instrument.settle(options)
    scale = instrument.scale(settled)
    good = written(instrument, options, item)[0]
    high = item.high if scale.high is None else scale.high
    step = item.step if scale.step is None else scale.step
    rows = [
        ("S1", 0, item.id, good),
        ("S1", 0, item.id, good),
        ("S2", 0, f"{item.id}x", good),
        ("S3", 0, item.id, "a lot"),
        (None, 0, item.id, good),
        ("S4", None, item.id, good),
    ]
    expected = {(3, "duplicate_item"), (4, "unknown_item"), (5, "not_a_value"), (6, "missing_key"), (7, "missing_key")}
    for value in (f"{high + 1:g}", "-1e9", "inf"):
        rows.append((f"R{value}", 0, item.id, value))
        expected.add((len(rows) + 1, "out_of_range" if scale.numbers else "not_a_value"))
    if step and scale.numbers:
        rows.append(("S5", 0, item.id, f"{high - step / 2:.10g}"))
        expected.add((len(rows) + 1, "off_step"))
    items = pl.DataFrame(rows, schema=["subject_id", "week", "item", "value"], orient="row")
    with pytest.raises(BadInput) as caught:
        score_instrument(instrument, items, options=options)
    assert {(fault.row, fault.code) for fault in caught.value.faults} == expected
    hints = [fault.hint for fault in caught.value.faults if fault.code == "unknown_item"]
    assert hints[0].startswith("did you mean ")


@every
def test_scores_say_what_they_rest_on(instrument, options):
    result = score_instrument(instrument, frame_of(drawn(instrument, options, SEED, 2), instrument), options=options)
    told = result.to_dict()
    assert told["instrument"] == instrument.id
    assert told["instrument_sha256"] == data_sha256("instruments", f"{instrument.id}.yaml")
    assert told["options"] == instrument.settle(options)
    assert told["version"].startswith("myotrial ")
    assert len(told["scores"]) == result.to_frame().height == 2
    json.dumps(told)
    assert instrument.id in repr(result)
    assert "\n" not in repr(result)
    assert result._repr_html_().startswith("<table>")


@every
def test_no_row_gives_no_row_with_the_same_columns(instrument, options):
    full = frame_of(drawn(instrument, options, SEED, 1), instrument)
    empty = score_instrument(instrument, full.clear(), options=options)
    assert empty.frame.schema == score_instrument(instrument, full, options=options).frame.schema
    assert empty.frame.is_empty()
    assert "unknown" in repr(empty)


@every
def test_the_description_names_totals_options_and_every_source(instrument, options):
    text = describe_instrument(instrument)
    names = [total.name for total in instrument.totals] + list(instrument.options)
    citations = [source.citation for source in instrument.sources.values()]
    assert all(name in text for name in names)
    used = {total.source for total in instrument.totals} | {item.source for item in instrument.items}
    assert all(source.citation in text for source in used)
    assert citations
    assert instrument.copyright in text


@every
def test_a_required_option_is_asked_for(instrument, options):
    required = [name for name, option in instrument.options.items() if option.default is None]
    if not required:
        assert instrument.settle({}) is not None
        return
    with pytest.raises(BadInput, match=f"needs {required[0]}"):
        instrument.settle({})
