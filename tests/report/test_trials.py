"""Reports of every definition on simulated data: their figures, the masked ones, and studies that hold little."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.report import render_report
from myotrial.report.category_figures import slices_of
from myotrial.report.numbers import SPACE, write_significant
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial
from myotrial.trials.masking import mask_trial
from myotrial.trials.summaries import Band

OTHERS = ("NCT02347891", "NCT05832034", "NCT02728752")
MISSING = r"\b(None(?! of mobility)|NaN|nan|null|inf|Undefined|(?<!infinite or )(?<!ratio is )undefined)\b"


@pytest.fixture(scope="session")
def real(report):
    return report("NCT04044690").study, report("NCT04044690").results


@pytest.fixture(scope="session")
def drawn(report):
    return report("NCT04044690").page


def figure(page, name):
    found = re.search(rf'<figure id="figure-{name}.*?</figure>', page.source, flags=re.DOTALL)
    return found.group().replace(SPACE, " ")


def cells(text):
    return [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(<td>.*?)</tr>", text)]


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_definitions_have_a_report(name, report):
    _is_whole(report(name).trial, report(name).page)


@pytest.mark.parametrize("name", OTHERS)
def test_a_study_of_one_subject_has_a_report(name, factory):
    trial = load_trial(name)
    study = simulate_study(trial, n=1, seed=3)
    _is_whole(trial, factory.page(render_report(trial, analyse(trial, study), study, subjects=True)))


def _is_whole(trial, page):
    assert page.open == page.unclosed == []
    assert len(page.ids) == len(set(page.ids))
    assert not re.search(MISSING, page.text)
    for outcome in trial.outcomes:
        assert outcome.name in page.text
    for svg in page.svgs:
        ET.fromstring(svg)  # noqa: S314 - our own page


@pytest.mark.parametrize("name", ["NCT04044690", *OTHERS])
def test_a_masked_report_tells_no_arm(name, factory):
    trial = load_trial(name)
    study = simulate_study(trial, n=12, seed=3)
    results = analyse(trial, study, masked=True)
    page = factory.page(render_report(mask_trial(trial), results, study, subjects=True))
    heads = set(re.findall(r'<th scope="col">(.*?)</th>', page.source))
    labels = set(re.findall(r'data-label="(.*?)"', page.source))
    drawn = {text for svg in page.svgs for text in re.findall(r">([^<>]+)</text>", svg)}
    profiled = set(re.findall(r'<span class="muted">· (.*?)</span></h3>', page.source))
    subjects = page.source[page.source.index('<section id="subjects"') : page.source.index('<section id="sources"')]
    for arm in trial.arms:
        assert not {arm.id, arm.label} & (heads | labels | drawn | profiled)
        assert f">{arm.id}<" not in page.source
        assert arm.label not in subjects
        assert arm.id not in subjects
    assert "All arms together (masked)" in heads & labels
    assert '<section id="hypotheses"' not in page.source
    assert " v " not in page.source[page.source.index('<section id="outcomes"') :].split('<section id="sources"')[0]


class TestTable:
    def test_parts_stand_under_their_labels(self, drawn):
        start = drawn.source.index('<span class="tag">C35</span>')
        part = drawn.source[start : drawn.source.index("</tbody>", start)]
        labels = re.findall(r'<tr class="part"><th[^>]*>([^<]*?)</th>', part)
        assert labels[:3] == ["Physician global activity (cm)", "Patient global activity (cm)", "Manual muscle testing"]

    def test_sensitivity_analyses_and_subgroups_are_folded_under_their_outcome(self, trial, drawn):
        for entry in trial.outcome("C0").sensitivity:
            assert entry.label in drawn.text
        assert "Sensitivity analyses of C0 (6 rows)" in drawn.text
        assert re.search(r"Subgroups of C0 \(\d+ rows\)", drawn.text)

    def test_all_arms_together_are_named(self, drawn):
        assert "Comparison or all arms" in drawn.text
        assert re.search(r"All arms: (<strong>)?\d+/30", drawn.source)

    def test_what_differs_by_method_alone_says_so(self, drawn):
        assert "Newcombe&#39;s hybrid score interval (method 10)</span>" in drawn.source
        assert "Wald interval and test (unpooled variance)</span>" in drawn.source

    def test_the_hypotheses_are_those_of_the_results(self, real, drawn):
        start = drawn.source.index('<section id="hypotheses"')
        part = drawn.source[start : drawn.source.index("</section>", start)]
        assert re.findall(r'<span class="tag">(.*?)</span>', part) == real[1].multiplicity["outcome"].to_list()
        told = re.findall(r"(?<=>)(not rejected|rejected)", part)
        assert told == ["rejected" if yes else "not rejected" for yes in real[1].multiplicity["rejected"]]

    def test_a_hypothesis_without_a_p_value_says_why(self, small, real, factory):
        study, results = real
        none = results.multiplicity.with_columns(p_value=pl.lit(None, pl.Float64), note=pl.lit("it has no p-value"))
        page = factory.page(render_report(small, replace(results, multiplicity=none, rows=results.rows.clear()), study))
        assert page.text.count("it has no p-value") == 5


class TestFigures:
    def test_a_number_and_a_share_of_the_same_subjects_are_one_figure(self, drawn):
        captions = re.findall(r"<figcaption>(.*?)</figcaption>", drawn.source)
        for pair in ("C2, C15", "C8, C31", "C17, C22", "C33, C38"):
            assert sum(f"(outcomes {pair})" in caption for caption in captions) == 1

    def test_changes_of_all_measures_are_one_figure_over_both_periods(self, drawn):
        text = figure(drawn, "mean-1-")
        assert "(outcomes C13, C21, C35, C36)" in text
        rows = cells(text)
        assert {row[0] for row in rows} >= {
            "HAQ disability index",
            "CDASI activity",
            "Extramuscular global activity (cm)",
        }
        assert {row[1] for row in rows if row[0] == "HAQ disability index"} == {str(week) for week in range(5, 54, 4)}

    def test_slices_of_a_column_are_all_subjects_once(self, drawn):
        rows = cells(figure(drawn, "categories-"))
        assert len(rows) == 2
        for row in rows:
            assert sum(int(re.match(r"\d+", cell).group()) for cell in row[4:]) == int(row[3])

    def test_rates_are_those_of_the_rows(self, real, drawn):
        text = figure(drawn, "rates-")
        for row in real[1].rows.filter(statistic="rate").to_dicts():
            assert write_significant(row["estimate"]) in text

    def test_the_forest_has_every_subgroup_with_its_heterogeneity(self, trial, drawn):
        text = figure(drawn, "forest-")
        for entry in trial.subgroups:
            assert f"<td>{entry.label}</td>" in text
        assert "All subjects" in text

    def test_both_kinds_of_tipping_point(self, report):
        results, page = report("NCT05832034").results, report("NCT05832034").page
        turned = results.tipping["turns"].sum()
        said = f"under {turned or 'none'} of {results.tipping.height} assumptions"
        assert said in page.text
        assert len(cells(figure(page, "tipping-1"))) == results.tipping.height

    def test_a_grid_of_counts(self, small, real, factory):
        study, results = real
        row = dict.fromkeys(results.tipping.columns) | {
            "outcome": "C0", "week": 25.0, "arm": "igpro20", "reference": "placebo", "missing_arm": 9,
            "missing_reference": 9, "estimate": 0.25, "low": 0.05, "high": 0.45, "p_value": 0.04, "method": "by counts",
        }  # fmt: skip
        pairs = [(a, b) for b in range(10) for a in range(10)]
        rows = [row | {"shift_arm": float(a), "shift_reference": float(b), "significant": b < a + 2,
                       "turns": b >= a + 2} for a, b in pairs]  # fmt: skip
        tipping = pl.DataFrame(rows, schema=results.tipping.schema)
        page = factory.page(render_report(small, replace(results, tipping=tipping, rows=results.rows.clear()), study))
        text = figure(page, "tipping-1")
        assert "under 36 of 100 assumptions" in text
        assert [row[:2] for row in cells(text)][:3] == [["0", "0"], ["0", "2"], ["0", "3"]]  # the first that turn


def band(label, **edge):
    return Band(label=label, **edge)


def counted(bands, values):
    """Count values in bands by hand, as result rows."""
    inside = {"at_least": lambda v, t: v >= t, "more_than": lambda v, t: v > t, "at_most": lambda v, t: v <= t,
              "less_than": lambda v, t: v < t, "equals": lambda v, t: v == t}  # fmt: skip
    return [
        {"level": each.label, "part": None, "week": 1.0, "arm": "a", "n": len(values),
         "n_event": sum(inside[each.comparator](value, each.threshold) for value in values)}
        for each in bands
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bands", "names"),
    [
        (
            [band("worse", less_than=0), band("none", equals=0), band("1+", at_least=1), band("2", equals=2),
             band("2+", at_least=2), band("3+", more_than=2)],
            ["worse", "none", "1+, not 2+", "2", "3+"],
        ),
        ([band("0+", at_least=0), band("0", equals=0), band("1+", at_least=1)], ["0", "1+"]),
        ([band("1+", at_least=1), band("2", equals=2), band("2+", at_least=2)], ["1+, not 2+", "2+"]),
        ([band("low", at_most=1), band("0+", at_least=0), band("2+", at_least=2)], ["low", "2+"]),
    ],
)  # fmt: skip
def test_bands_that_overlap_are_cut_into_slices_that_do_not(bands, names):
    values = [-2, -1, 0, 0, 1, 1, 1, 2, 3, 4]
    assert [entry.name for entry in slices_of(bands, counted(bands, values))] == names
