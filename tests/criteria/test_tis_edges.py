"""Every band's edge from both sides, against the score programmed a second time in exact fractions."""

import io
import random
from fractions import Fraction

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.criteria.tis import score_tis
from myotrial.study.visits import read_visits

VAS = ("physician_global_cm", "patient_global_cm", "extramuscular_cm")
VAS_GRID = [f"{tenths / 10:.1f}" for tenths in range(101)]


def assert_same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Name every wrong point: there must be none."""
    assert found.height == wanted.height
    for name in wanted.columns:
        wrong = [
            (row, got, right)
            for row, (got, right) in enumerate(zip(found[name].to_list(), wanted[name].to_list(), strict=True))
            if got != right
        ]
        assert not wrong, f"{name}: {len(wrong)} wrong, first {wrong[:5]}"


def one_measure(second, still, column, pairs, top=150):
    """Give visits in which one measure moves, and the points of each pair."""
    more = {"mmt_max": str(top)} if column == "mmt" else {}
    visits = [({**still, **more, column: start}, {**still, **more, column: end}) for start, end in pairs]
    return visits, [float(second.measure_points(column, start, end, top)) for start, end in pairs]


def test_every_pair_of_visual_analogue_values(second, still, scored):
    pairs = [(start, end) for start in VAS_GRID for end in VAS_GRID]
    frame = scored(
        [({**still, **dict.fromkeys(VAS, start)}, {**still, **dict.fromkeys(VAS, end)}) for start, end in pairs]
    )
    for column in VAS:
        right = [float(second.measure_points(column, start, end)) for start, end in pairs]
        found = frame[f"points_{second.COLUMNS[column]}"].to_list()
        assert [pair for pair, got, want in zip(pairs, found, right, strict=True) if got != want] == []
    on_an_edge = sum(
        Fraction(start) - Fraction(end) in {Fraction(n, 10) for n in (5, 15, 25, 40)} for start, end in pairs
    )
    assert on_an_edge == 319  # so the edges are among them


@pytest.mark.parametrize(("top", "step"), [(150, 1), (80, 1), (80, Fraction(1, 2))])
def test_every_pair_of_strength_values(second, still, scored, decimal, top, step):
    grid = [decimal(step * number) for number in range(int(top / step) + 1)]
    pairs = [(start, end) for start in grid for end in grid]
    visits, right = one_measure(second, still, "mmt", pairs, top)
    assert scored(visits)["points_mmt"].to_list() == right


def test_strength_out_of_260_around_every_edge(second, still, scored, decimal):
    pairs = []
    for start in range(261):
        for edge in (2, 10, 20, 30):
            at = start + Fraction(260 * edge, 100)
            ends = {at + step for step in (-1, Fraction(-1, 10), 0, Fraction(1, 10), 1)}
            pairs += [(str(start), decimal(end)) for end in sorted(ends) if 0 <= end <= 260]
    visits, right = one_measure(second, still, "mmt", pairs, 260)
    assert scored(visits)["points_mmt"].to_list() == right


def test_every_pair_of_health_assessment_values(second, still, scored, decimal):
    grid = [decimal(Fraction(eighths, 8)) for eighths in range(25)]
    visits, right = one_measure(second, still, "haq_di", [(start, end) for start in grid for end in grid])
    assert scored(visits)["points_haq"].to_list() == right


def around_edges(second, decimal, rng, name, limit, other_limit):
    """Give pairs of an enzyme whose fall is an edge, or 0.001 U/L beside it, at one limit and at a second one."""
    others = {other: ("1", "2") for other in second.ENZYME_RANGES if other != name}
    for edge in (5, 15, 25, 40):
        share = Fraction(edge * second.ENZYME_RANGES[name], 100)
        for end_limit in (limit, other_limit):
            start = share + Fraction(rng.randrange(60, 400), 50)
            at = (start - share) * end_limit * 1000
            near = {at.numerator // at.denominator + step for step in (-1, 0, 1, 2)}
            for thousandths in sorted(near):
                first = {f"{name}_u_per_l": decimal(start * limit), f"{name}_uln_u_per_l": decimal(limit)}
                last = {
                    f"{name}_u_per_l": decimal(Fraction(thousandths, 1000)),
                    f"{name}_uln_u_per_l": decimal(end_limit),
                }
                for other, (value, uln) in others.items():
                    first |= {f"{other}_u_per_l": value, f"{other}_uln_u_per_l": uln}
                    last |= {f"{other}_u_per_l": value, f"{other}_uln_u_per_l": uln}
                yield first, last


def enzyme_pairs(second, still, decimal, limits):
    rng = random.Random(2016)  # noqa: S311
    base = {name: value for name, value in still.items() if not name.startswith("ck")}
    for name in second.ENZYME_RANGES:
        for number in range(limits):
            # Multiples of 0.05 put the edge itself on the grid of 0.001 U/L; the others fall between two of its values.
            grid = Fraction(1, 20) if 5 * number < 3 * limits else Fraction(1, 1)
            limit = rng.randrange(1, 6000) * grid
            other = limit if number % 5 == 0 else rng.randrange(1, 6000) * grid
            for first, last in around_edges(second, decimal, rng, name, limit, other):
                yield {**base, **first}, {**base, **last}


@pytest.mark.parametrize("limits", [10, pytest.param(50, marks=pytest.mark.proof)])
def test_every_enzyme_around_every_edge(second, still, scored, expected, decimal, limits):
    pairs = list(enzyme_pairs(second, still, decimal, limits))
    assert len(pairs) == 5 * limits * 4 * 2 * 4
    wanted = expected(pairs)
    falls = [
        second.multiple(start, n) - second.multiple(end, n)
        for (start, end), n in zip(pairs, wanted["enzyme_used"], strict=True)
    ]
    shares = [100 * fall / second.ENZYME_RANGES[n] for fall, n in zip(falls, wanted["enzyme_used"], strict=True)]
    assert sum(share in (5, 15, 25, 40) for share in shares) >= 40 * limits
    assert_same(scored(pairs), wanted)


@pytest.mark.parametrize(
    ("first", "other", "used"),
    [
        (("ck", "1.1", "0.1"), ("aldolase", "11", "1"), "ck"),
        (("ck", "1.1", "0.1"), ("aldolase", "11.001", "1"), "aldolase"),
        (("aldolase", "1.1", "0.1"), ("ck", "10.999", "1"), "aldolase"),
        (("ldh", "300", "150"), ("ast", "60", "30"), "ldh"),
        (("alt", "60", "30"), ("ast", "300", "150"), "ast"),
        (("alt", "60.001", "30"), ("ast", "300", "150"), "alt"),
        (("alt", "0.3", "0.1"), ("ldh", "3", "1"), "ldh"),
        (("ck", "4.35", "1.5"), ("alt", "2.9", "1"), "ck"),
        (("aldolase", "3900000", "1300000"), ("ldh", "0.003", "0.001"), "aldolase"),
    ],
)
def test_ties_at_baseline(still, scored, first, other, used):
    visit = {name: value for name, value in still.items() if not name.startswith("ck")}
    for name, value, limit in (first, other):
        visit |= {f"{name}_u_per_l": value, f"{name}_uln_u_per_l": limit}
    assert scored([(visit, visit)])["enzyme_used"].to_list() == [used]


def patient(second, decimal, rng):
    """Give two visits; half of the values at the second lie exactly on an edge where the instrument allows it."""
    steps = {name: Fraction(1, 10) for name in VAS} | {"mmt": Fraction(1), "haq_di": Fraction(1, 8)}
    tops = dict.fromkeys(VAS, 10) | {"mmt": 150, "haq_di": 3}
    start, end = {}, {}
    for name, step in steps.items():
        first = rng.randrange(int(tops[name] / step) + 1) * step
        edge = Fraction(rng.choice((2, 10, 20, 30) if name == "mmt" else (5, 15, 25, 40)) * tops[name], 100)
        at = first + edge if name == "mmt" else first - edge
        if rng.random() < 0.5 or not 0 <= at <= tops[name]:
            at = rng.randrange(int(tops[name] / step) + 1) * step
        start[name], end[name] = decimal(first), decimal(at)
    for name, width in second.ENZYME_RANGES.items():
        limit, later = Fraction(rng.randrange(1, 400), 20), Fraction(rng.randrange(1, 400), 20)
        ratio = Fraction(rng.randrange(0, 400), 20)
        at = ratio - Fraction(rng.choice((5, 15, 25, 40)) * width, 100)
        if rng.random() < 0.5 or at < 0:
            at = Fraction(rng.randrange(0, 400), 20)
        start |= {f"{name}_u_per_l": decimal(ratio * limit), f"{name}_uln_u_per_l": decimal(limit)}
        end |= {f"{name}_u_per_l": decimal(at * later), f"{name}_uln_u_per_l": decimal(later)}
    return start, end


def test_two_thousand_patients_as_text_and_as_floats(second, decimal, expected, visit_table, tmp_path, capfdbinary):
    rng = random.Random(45)  # noqa: S311
    pairs = [patient(second, decimal, rng) for _ in range(2000)]
    wanted = expected(pairs)
    names = sorted(pairs[0][0])
    lines = [",".join(["subject_id", "week", *names])]
    for number, pair in enumerate(pairs):
        lines += [
            ",".join([f"P{number:06d}", week, *(visit[name] for name in names)])
            for week, visit in zip("08", pair, strict=True)
        ]
    text, floats = tmp_path / "visits.csv", tmp_path / "visits.parquet"
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    visit_table(pairs).write_parquet(floats)
    assert run(["score", str(text), "--format", "csv"]) == 0
    assert_same(pl.read_csv(io.BytesIO(capfdbinary.readouterr().out)), wanted)
    assert_same(score_tis(read_visits(floats)).frame, wanted)
    assert set(wanted["category"]) == {"none", "minimal", "moderate", "major"}
