"""The page as a whole: structure, safety, size, and that its numbers are the rows'."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from html import unescape

import polars as pl
import pytest

from myotrial.analysis.results import CURVE_SCHEMA, FLOW_SCHEMA
from myotrial.report import render_report, write_report
from myotrial.report.numbers import SPACE
from myotrial.study.visits import check_visits

MISSING = r"\b(None(?! of mobility)|NaN|nan|null|inf|Undefined|undefined)\b"  # one derivation begins with the word None
EVENT_HANDLER = re.compile(r"^on[a-z]+$")


def one_arm(trial):
    """Return the trial with its first arm alone: nothing is compared, nobody crosses over."""
    outcomes = []
    for outcome in trial.outcomes:
        kept = [summary for summary in outcome.summaries if summary.kind in {"proportion", "mean", "kaplan_meier"}]
        if kept:
            outcomes.append(outcome.model_copy(update={"summaries": tuple(kept)}))
    periods = tuple(period.model_copy(update={"all_on": None}) for period in trial.schedule.periods)
    schedule = trial.schedule.model_copy(update={"periods": periods})
    return trial.model_copy(update={"arms": trial.arms[:1], "outcomes": tuple(outcomes), "schedule": schedule})


def clean(text):
    return text.replace(SPACE, " ")


class TestStructure:
    def test_sections_stand_in_order(self, page):
        sections = [attrs["id"] for tag, attrs in page.tags if tag == "section"]
        assert sections == ["trial", "flow", "headline", "outcomes", "over-time", "responders", "time-to", "safety",
                            "each-subject", "subjects", "sources", "reproducibility"]  # fmt: skip

    def test_one_heading_one_main_a_language_and_a_skip_link(self, page):
        tags = [tag for tag, _ in page.tags]
        assert tags.count("h1") == tags.count("main") == 1
        assert ("html", {"lang": "en"}) in page.tags
        assert ("a", {"class": "skip", "href": "#main"}) in page.tags
        assert {"header", "footer", "nav"} <= set(tags)

    def test_tags_nest(self, page):
        assert page.open == []
        assert page.unclosed == []

    def test_ids_are_unique_and_every_link_lands(self, page):
        assert len(page.ids) == len(set(page.ids))
        targets = [attrs["href"][1:] for tag, attrs in page.tags if tag == "a"]
        assert set(targets) <= set(page.ids)
        labels = [attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs]
        assert {name for label in labels for name in label.split()} <= set(page.ids)

    def test_every_outcome_title_stands_once_in_the_table(self, trial, page):
        titles = re.findall(r'<span class="outcome-title">(.*?)</span>', page.source)
        assert [unescape(title) for title in titles] == [outcome.name for outcome in trial.outcomes]

    def test_tables_have_captions_and_scopes(self, page):
        tags = [tag for tag, _ in page.tags]
        assert tags.count("caption") == tags.count("table")
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")

    def test_every_figure_has_a_caption_and_a_table_twin(self, page):
        for figure in re.findall(r"<figure.*?</figure>", page.source, flags=re.DOTALL):
            assert "<figcaption>" in figure
            assert "<details>" in figure
            assert 'role="img"' in figure

    def test_every_svg_is_well_formed_named_and_scales(self, page):
        assert len(page.svgs) == page.source.count("<figure") > 12 + 20  # nothing is left undrawn; 20 are subjects
        for svg in page.svgs:
            root = ET.fromstring(svg)  # noqa: S314 - our own page
            assert root.get("viewBox")
            assert root.get("width") is None
            assert root.find("title").text
            assert root.find("desc").text

    def test_a_simulated_study_says_so(self, small, results, study, page, factory):
        assert "Simulated data" in page.text
        real = replace(study, simulated=None)
        assert "Simulated data" not in factory.page(render_report(small, factory.with_rows(results, []), real)).text

    def test_it_says_what_it_is_not(self, page):
        assert "For research; not medical advice." in page.text


class TestSafety:
    def test_nothing_is_fetched_and_nothing_runs(self, page):
        for tag, attrs in page.tags:
            assert tag not in {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
            assert not [name for name in attrs if EVENT_HANDLER.match(name) or name in {"src", "srcset", "xlink:href"}]
            assert attrs.get("href", "#").startswith("#")
        assert "http:" not in page.source
        assert "https:" not in page.source
        assert not re.search(r"@import|url\((?!#)", page.source)

    def test_the_policy_forbids_the_rest(self, page):
        policy = next(attrs for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs)
        assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    def test_hostile_text_is_text(self, small, results, study, factory):
        bad = "<script>alert(1)</script>\"'&</svg>"
        first = small.outcomes[0].model_copy(update={"derivation": bad})
        arms = tuple(arm.model_copy(update={"label": bad + arm.id, "description": bad}) for arm in small.arms)
        hostile = small.model_copy(update={"id": bad, "title": bad, "acronym": bad, "arms": arms,
                                           "outcomes": (first, *small.outcomes[1:])})  # fmt: skip
        rows = [
            row | {"method": bad, "warnings": bad + str(place)}
            for place, row in enumerate(results.rows.filter(pl.col("outcome").is_in(["C0", "C10", "C16"])).to_dicts())
        ]
        subjects = study.subjects.with_columns(subject_id=pl.col("subject_id") + bad)
        scores = {"tis": results.scores["tis"].with_columns(subject_id=pl.col("subject_id") + bad)}
        events = study.events.with_columns(subject_id=pl.col("subject_id") + bad)
        visits = check_visits(study.visits.frame.with_columns(subject_id=pl.col("subject_id") + bad))
        told = replace(study, subjects=subjects, visits=visits, events=events, notes=(bad,))
        changed = replace(factory.with_rows(results, rows), scores=scores, provenance={bad: {bad: bad}})
        page = factory.page(render_report(hostile, changed, told, subjects=True))
        assert "<script" not in page.source
        assert page.unclosed == []
        assert len(page.ids) == len(set(page.ids))
        for svg in page.svgs:
            ET.fromstring(svg)  # noqa: S314 - our own page
        assert bad in page.text


class TestNumbers:
    def test_no_missing_value_leaks(self, page):
        assert not re.search(MISSING, page.text)

    def test_shares_are_the_rows_rounded(self, results, page):
        text = clean(page.text)
        for row in results.rows.filter(statistic="proportion").to_dicts():
            share = (Decimal(repr(row["estimate"])) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert f"{row['n_event']}/63 ({share} %)" in text

    def test_means_are_the_rows_rounded(self, results, page):
        text = clean(page.text)
        for row in results.rows.filter(statistic="mean").to_dicts():
            places = Decimal("0.01" if row["part"] == "haq_di" else "0.1")
            mean, low, high = (
                Decimal(repr(row[name])).quantize(places, ROUND_HALF_UP) for name in ("estimate", "low", "high")
            )
            assert f"Mean {mean} 95 % interval {low} to {high}; n = 63" in text

    def test_the_headline_has_the_primary_numbers(self, results, page):
        head = clean(re.search(r'<section id="headline".*?</section>', page.source, flags=re.DOTALL).group())
        for row in results.outcome("C0").filter(statistic="proportion").to_dicts():
            assert f"{row['n_event']} of 63 subjects" in head
        assert "difference 31.7 percentage points (95 % interval 14.1 to 46.6), p &lt; 0.001." in head
        assert "a cell is zero: no odds ratio" in head

    def test_what_cannot_be_estimated_says_why(self, page):
        assert "not estimable" in page.text
        assert "the median is not reached" in page.text

    def test_a_measure_with_a_narrow_range_keeps_two_decimals(self, trial, results, study, factory):
        mean = next(outcome for outcome in trial.outcomes if outcome.id == "C14")
        haq = mean.model_copy(update={"variable": mean.variable.model_copy(update={"of": "haq_di"})})
        narrow = trial.model_copy(update={"outcomes": (haq,)})
        rows = [factory.row("C14", "mean", week=25.0, estimate=1.125, low=1.0, high=1.25)]
        assert "Mean 1.13 95 % interval 1.00 to 1.25" in clean(
            factory.page(render_report(narrow, factory.with_rows(results, rows), study)).text
        )


class TestOddStudies:
    def test_an_outcome_nobody_planned_is_shown_as_such(self, small, results, study, factory):
        extra = factory.row("Z9", "mean", week=25.0, estimate=1.0, title="An unplanned look", role="other")
        page = factory.page(render_report(small, factory.with_rows(results, [extra]), study))
        assert "An unplanned look" in page.text
        assert "not in the definition" in page.text

    def test_nothing_was_computed(self, trial, results, study, factory):
        empty = replace(
            factory.with_rows(results, []), curves=pl.DataFrame(schema=CURVE_SCHEMA), scores={},
            flow=pl.DataFrame(schema=FLOW_SCHEMA), provenance={},
        )  # fmt: skip
        page = factory.page(render_report(trial, empty, study, subjects=True))
        assert page.text.count("No result was computed for this outcome.") == len(trial.outcomes) + 1
        assert "No participant flow is known." in page.text
        assert "No outcome is a time to an event." in page.text

    def test_nothing_is_estimable(self, trial, results, study, factory):
        null = {"estimate": None, "low": None, "high": None, "p_value": None, "warnings": "no subject", "n": 0}
        rows = [row | null for row in results.rows.to_dicts()]
        curves = results.curves.with_columns(survival=pl.lit(None, pl.Float64))
        page = factory.page(render_report(trial, replace(factory.with_rows(results, rows), curves=curves), study))
        assert "Nothing to draw" in page.text
        assert "no subject" in page.text
        assert not re.search(MISSING, page.text)

    def test_one_arm(self, trial, factory):
        single = one_arm(trial)
        study = factory.study(single, 13, simulated=False)
        results = factory.results(single, study)
        page = factory.page(render_report(single, results, study, subjects=True))
        assert "Comparison" not in page.text
        assert "Placebo" not in page.text
        assert len(page.svgs) == page.source.count("<figure") > 13

    def test_four_arms(self, trial, factory):
        more = [trial.arms[0].model_copy(update={"id": f"dose{n}", "label": f"A rather long arm, dose {n}"})
                for n in (1, 2)]  # fmt: skip
        wide = trial.model_copy(update={"arms": (*more, *trial.arms)})
        study = factory.study(wide, 40)
        page = factory.page(render_report(wide, factory.results(wide, study), study))
        assert "A rather long arm, dose 1 v Placebo: common odds ratio" in page.text

    def test_a_subject_without_visits_and_with_an_open_score(self, page):
        assert re.search(r"<td>\d+\.\d to \d+\.\d</td><td>unknown</td>", page.source)
        assert re.search(r'<path d="M[\d.]+ [\d.]+V[^"]*" fill="none" stroke="#111" stroke-width="2"/>', page.source)
        assert "▼ Rescue, week 13.7" in page.text


class TestFile:
    def test_two_renders_are_byte_equal(self, trial, results, study, page):
        assert render_report(trial, results, study, subjects=True) == page.source

    def test_126_subjects_stay_small(self, trial, factory):
        study = factory.study(trial, 126)
        text = render_report(trial, factory.results(trial, study), study, subjects=True)
        assert len(text.encode()) < 3_000_000
        assert text.count('<article class="profile"') == 126

    def test_it_is_written_whole_or_not_at_all(self, tmp_path, small, results, study, factory):
        few = factory.with_rows(results, results.outcome("C0").to_dicts())
        path = write_report(tmp_path / "report.html", small, few, study)
        before = path.read_text(encoding="utf-8")
        assert before.startswith("<!doctype html>")
        assert before == render_report(small, few, study)
        with pytest.raises(AttributeError):
            write_report(path, small, few, object())
        assert path.read_text(encoding="utf-8") == before
        assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
