"""Waterfall and core set heat map: what is drawn and told is what the study's own tables say."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.criteria.tis import score_tis
from myotrial.report.figure_sections import figure_sections
from myotrial.report.heatmap import heatmap_figures
from myotrial.report.observed import observed_scores
from myotrial.report.subject_figures import subject_figures
from myotrial.report.subject_scores import JudgedScores, SubjectScore, judged_scores
from myotrial.report.svg import as_image
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial
from myotrial.trials.masking import mask_trial

NAME = "NCT04044690"
WEEK = 25


@pytest.fixture(scope="module")
def made():
    """Analyse a study in which some scores are open and some are missing; nothing is drawn."""
    trial = load_trial(NAME)
    study = simulate_study(trial, n=60, seed=1)
    return SimpleNamespace(trial=trial, study=study, results=analyse(trial, study))


@pytest.fixture(scope="module")
def figures(made):
    found = subject_figures(made.trial, made.results, made.study, named=True)
    return {figure.id.removeprefix("figure-"): figure for figure in found}


@pytest.fixture(scope="module")
def scored(made):
    """Score week 25 from the visit table alone, with each subject's arm label; a null where there is no visit."""
    labels = {arm.id: arm.label for arm in made.trial.arms}
    subjects = made.study.subjects.select("subject_id", arm=pl.col("arm").replace_strict(labels))
    scores = score_tis(made.study.visits, baseline_week=1).frame.filter(week=WEEK)
    return subjects.join(scores, on="subject_id", how="left")


def worse_share(frame, column, subject, *, higher_is_better=False):
    """By how much of its baseline value a measure is worse at week 25, from the raw visits."""
    own = {row["week"]: row[column] for row in frame.filter(subject_id=subject).to_dicts()}
    start, end = own.get(1), own.get(WEEK)
    if start is None or end is None:
        return None
    start, end = Fraction(str(start)), Fraction(str(end))
    rise = start - end if higher_is_better else end - start
    return rise / start if start else (Fraction(1) if rise > 0 else Fraction(0))


@pytest.fixture(scope="module")
def sections(report):
    other = report("NCT05832034")
    return figure_sections(other.trial, other.results, other.study)


class TestWaterfall:
    def test_it_has_an_interval_and_a_subject_without_a_score(self, scored):
        assert scored["week"].null_count() > 0
        assert scored.filter(pl.col("week").is_not_null(), pl.col("tis").is_null()).height > 0

    def test_the_table_is_the_scores_the_highest_first(self, figures, scored):
        rows = figures["waterfall"].rows
        assert len(rows) == scored.height
        for arm in ("IgPro20", "Placebo"):
            told = [(subject, score) for subject, own, score, *_ in rows if own == arm]
            expected = {}
            for row in scored.filter(arm=arm).to_dicts():
                low, high = row["tis_low"], row["tis_high"]
                expected[row["subject_id"]] = "–" if low is None else f"{low}" if low == high else f"{low} to {high}"
            assert dict(told) == expected
            lows = [float(score.split(" to ")[0]) for _, score in told if score != "–"]
            assert lows == sorted(lows, reverse=True)
            assert all(score == "–" for _, score in told[len(lows) :])

    def test_the_bars_are_as_high_as_the_scores(self, figures, scored):
        root = ET.fromstring(figures["waterfall"].svg)  # noqa: S314 - our own drawing
        texts = {text.text: float(text.get("y")) for text in root.iter("text")}
        bars = [path for path in root.iter("path") if path.get("fill", "none") != "none" and not path.get("stroke")]
        assert len(bars) == 2
        for arm, path in zip(("IgPro20", "Placebo"), bars, strict=True):
            found = re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)h", path.get("d"))
            base = float(found[0][0]) - 1.6  # every bar has a foot of 1.6 below 0, so that a score of 0 is seen
            heights = [(base - float(top)) / 1.5 for _, top in found]  # 150 units are 100 points
            lows = sorted(scored.filter(arm=arm)["tis_low"].drop_nulls(), reverse=True)
            assert heights == pytest.approx(lows, abs=0.15)
        assert "0" in texts
        assert "100" in texts

    def test_open_ends_crosses_and_dots_are_counted(self, figures, scored, made):
        svg = figures["waterfall"].svg
        hollow = "".join(re.findall(r'd="([^"]*)" fill="[^"]*" fill-opacity', svg))
        crosses = "".join(re.findall(r'd="([^"]*)" fill="none" stroke="#444" stroke-width="1.2"', svg))
        dots = "".join(re.findall(r'd="([^"]*)" fill="none" stroke="#222"', svg))
        assert hollow.count("z") == scored.filter(pl.col("tis").is_null(), pl.col("tis_low").is_not_null()).height
        assert len(re.findall("M", crosses)) == scored["week"].null_count()
        responders = made.results.outcome("C0").filter(statistic="proportion")["n_event"].sum()
        assert dots.count("M") == responders > 0
        yes = sum(row[-1] == "yes" for row in figures["waterfall"].rows)
        assert yes == responders

    def test_its_words_are_plain(self, figures):
        figure = figures["waterfall"]
        assert figure.caption.startswith("Total Improvement Score of each subject at week 25, by arm")
        assert "minimal (20), moderate (40) and major (60) improvement" in figure.note

    def test_masked_everybody_stands_together(self, made):
        masked = mask_trial(made.trial)
        waterfall, *heat = subject_figures(masked, made.results, made.study, named=True)
        told = " ".join([waterfall.svg, *waterfall.columns, *(cell for row in waterfall.rows for cell in row)])
        told += " ".join(figure.svg for figure in heat) + waterfall.csv() + heat[0].csv()
        assert "IgPro20" not in told
        assert "igpro20" not in told.lower()
        assert "lacebo" not in told
        assert {row[1] for row in waterfall.rows} == {"All arms together (masked)"}

    def test_without_names_nobody_is_named(self, made):
        for figure in subject_figures(made.trial, made.results, made.study, named=False):
            told = figure.svg + figure.csv() + " ".join(cell for row in figure.rows for cell in row)
            assert not re.search(r"\bS\d{3}\b", told)


class TestHeatMap:
    def test_points_are_those_of_the_scores(self, figures, scored):
        data = figures["heatmap"].frame()
        assert data.height == scored.height * 6
        for row in data.to_dicts():
            own = scored.row(by_predicate=pl.col("subject_id") == row["subject_id"], named=True)
            assert row["points"] == own[f"points_{row['measure']}"]
            assert row["arm"] == own["arm"]

    @pytest.mark.parametrize(
        ("measure", "column", "higher"),
        [("physician_global", "physician_global_cm", False), ("mmt", "mmt", True), ("haq", "haq_di", False)],
    )
    def test_what_is_worse_is_worse_in_the_visits(self, figures, made, measure, column, higher):
        frame = made.study.visits.frame
        rows = figures["heatmap"].frame().filter(measure=measure).to_dicts()
        marked = 0
        for row in rows:
            share = worse_share(frame, column, row["subject_id"], higher_is_better=higher)
            assert row["worse"] == (None if share is None else share >= Fraction(1, 4)), row
            marked += bool(row["worse"])
        if measure != "mmt":
            assert marked

    def test_the_table_counts_each_subject_once(self, figures, scored):
        for arm, label, most, n, *counts, worse, missing in figures["heatmap"].rows:
            own = scored.filter(arm=arm)
            assert int(n) == own.height == sum(map(int, counts)) + int(missing)
            if label == "Manual muscle testing":
                points = Counter(own["points_mmt"].to_list())
                assert most == "32.5"
                assert [int(count) for count in counts] == [
                    points[0.0], points[10.0], points[20.0] + points[27.5], points[32.5]
                ]  # fmt: skip
                assert int(missing) == points[None]
            assert int(worse) <= int(n)

    def test_every_cell_is_drawn(self, figures, scored):
        svg = figures["heatmap"].svg
        boxes = sum(path.count("z") for path in re.findall(r'd="(M[^"]*z)"', svg))
        assert boxes == scored.height * 6
        hatched = re.search(r'd="([^"]*)" fill="url\(#heatmap-hatch\)"', svg).group(1).count("z")
        points = [scored[name].null_count() for name in scored.columns if name.startswith("points_")]
        assert hatched == sum(points) > 0
        marks = figures["heatmap"].frame()["worse"].sum()
        assert svg.count(">▼") == marks + 1  # one stands in the key

    def test_subjects_stand_under_their_category(self, figures, scored):
        told = re.findall(r">((?:Major|Moderate|Minimal|No response|Category not|No score)[^<]*: \d+)<",
                          figures["heatmap"].svg)  # fmt: skip
        counted = Counter()
        for text in told:
            head, _, count = text.rpartition(": ")
            counted[head] += int(count)
        assert sum(counted.values()) == scored.height
        assert counted["Major, 60 or more"] == scored.filter(category="major").height
        assert counted["No score at this visit"] == scored["week"].null_count()

    def test_many_subjects_are_parted_into_sheets(self, made):
        judged = judged_scores(made.trial, made.results, made.study)
        arm, scores = next(iter(judged.by_arm.items()))
        many = [replace(score, subject=f"{score.subject}-{copy}") for copy in range(8) for score in scores]
        crowd = JudgedScores(judged.week, judged.criteria, judged.outcome, {arm: many})
        found = heatmap_figures(made.trial, crowd, made.study, named=True)
        assert len(found) == 2
        assert [figure.id for figure in found] == ["figure-heatmap", "figure-heatmap-2"]
        assert sum(figure.frame().height for figure in found) == len(many) * 6
        assert found[0].rows
        assert not found[1].rows

    def test_a_score_without_a_row_is_missing(self, made):
        judged = judged_scores(made.trial, made.results, made.study)
        nobody = JudgedScores(25.0, judged.criteria, None, {"A": [SubjectScore("S1", "A", None)]})
        (figure,) = heatmap_figures(made.trial, nobody, made.study, named=True)
        assert [row[-1] for row in figure.rows] == ["1"] * 6


class TestEveryFigure:
    def test_ids_are_unique_and_the_same_each_time(self, sections, report):
        ids = [figure.id for section in sections for figure in section.figures]
        assert len(ids) == len(set(ids)) > 4
        assert {"figure-waterfall", "figure-heatmap", "figure-observed-tis"} <= set(ids)
        assert set(ids) <= set(report("NCT05832034").page.ids)

    def test_each_has_data_that_a_program_can_read(self, sections):
        for figure in (figure for section in sections for figure in section.figures):
            rows = list(csv.DictReader(io.StringIO(figure.csv())))
            assert len(rows) == len(figure.data) > 0
            assert list(rows[0]) == list(figure.data[0])

    def test_each_is_an_image_of_its_own(self, sections):
        for figure in (figure for section in sections for figure in section.figures):
            root = ET.fromstring(figure.image())  # noqa: S314 - our own drawing
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
            assert "class=" not in figure.svg
            assert "style=" not in figure.svg
        assert as_image("") == ""

    def test_a_cell_that_a_spreadsheet_would_run_is_quoted(self, sections):
        rows = ({"subject_id": "=1+1", "tis": -2.5}, {"subject_id": "S1", "tis": 1.0})
        figure = replace(sections[0].figures[0], data=rows)
        assert figure.csv() == "subject_id,tis\n'=1+1,-2.5\nS1,1.0\n"

    def test_the_course_of_the_score_is_that_of_the_visits(self, sections, report):
        made = report("NCT05832034")
        figure = next(figure for figure in sections[0].figures if figure.id == "figure-observed-tis")
        scores = score_tis(made.study.visits, baseline_week=0).frame.join(made.study.subjects, on="subject_id")
        by_visit = scores.with_columns(pl.col("week").cast(pl.Float64)).group_by("arm", "week")
        means = by_visit.agg(pl.col("tis").mean(), n=pl.col("tis").count())
        told = figure.frame().select("arm", "week", "estimate", "n").join(means, on=["arm", "week"])
        assert told.height == 10
        assert told["estimate"].to_list() == pytest.approx(told["tis"].to_list())
        assert told["n"].to_list() == told["n_right"].to_list()

    def test_where_outcomes_give_the_course_it_is_not_drawn_again(self, made):
        assert observed_scores(made.trial, made.results, made.study) == []

    def test_without_the_study_there_is_no_subject(self, report):
        made = report("NCT05832034")
        found = figure_sections(made.trial, made.results)
        assert "each-subject" not in [section.id for section in found]

    def test_a_trial_without_the_score_has_none(self, report):
        made = report("NCT05832034")
        none = replace(made.results, scores={})
        assert subject_figures(load_trial("NCT05832034"), none, made.study, named=True) == []
