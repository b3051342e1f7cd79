"""Plausible results and studies in the exact schemas, made from a seed without any analysis."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.analysis.results import CURVE_SCHEMA, FLOW_SCHEMA, ROW_SCHEMA, Results
from myotrial.report import render_report
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.loading import load_trial

MEASURES = ("physician_global", "patient_global", "mmt", "haq", "enzyme", "extramuscular")
VOID = {"meta", "br", "img", "hr", "input", "link"}


def make_row(outcome, statistic, arm="igpro20", **more):
    """One result row; what is not given is null."""
    return dict.fromkeys(ROW_SCHEMA) | {"outcome": outcome, "role": "secondary", "statistic": statistic, "arm": arm,
                                        "analysis": "main", "analysis_label": "main analysis",
                                        "conf_level": 0.95, "n": 63, "n_missing": 0, "method": "a method",
                                        "handling": "missing: non response"} | more  # fmt: skip


def _shares(rng, outcome, week, level, arms):
    for arm in arms:
        share = float(rng.integers(10, 55)) / 63
        yield make_row(outcome, "proportion", arm, level=level, week=week, estimate=share, low=share * 0.8,
                       high=min(1.0, share * 1.15), n_event=round(share * 63), n_missing=2)  # fmt: skip


def _means(rng, outcome, week, part, arms):
    for arm in arms:
        mean = float(rng.uniform(10, 60))
        place = {"week": week, "part": part}
        yield make_row(outcome, "mean", arm, estimate=mean, low=mean - 6, high=mean + 6, se=3.0, **place)
        for statistic, value in (("sd", 20.0), ("median", mean), ("minimum", 0.0), ("maximum", 97.5)):
            yield make_row(outcome, statistic, arm, estimate=value, **place)


def _comparisons(rng, outcome, week, arms):
    for arm in arms[:-1]:
        more = {"week": week, "reference": arms[-1]}
        yield make_row(
            outcome, "risk_difference", arm, estimate=0.317, low=0.141, high=0.466, method="Newcombe", **more
        )
        yield make_row(
            outcome, "cmh", arm, estimate=3.801, low=1.8, high=8.0, p_value=0.0004, method="CMH test", **more
        )
        yield make_row(outcome, "odds_ratio", arm, warnings="a cell is zero: no odds ratio", n=0, **more)


def _times(rng, outcome, level, arms):
    for place, arm in enumerate(arms):
        reached = place == 0
        yield make_row(outcome, "median_time", arm, level=level, week=53.0, estimate=85.0 if reached else None,
                       low=57.0 if reached else None, n_event=40 - 10 * place,
                       warnings=None if reached else "the median is not reached")  # fmt: skip
    if len(arms) > 1:
        yield make_row(outcome, "log_rank", arms[0], reference=arms[-1], level=level, week=53.0, estimate=7.2,
                       p_value=0.0071)  # fmt: skip


def _levels(outcome):
    """Return the levels of an outcome: its thresholds, or none."""
    found = re.findall("≥ ([0-9]+)", outcome.name)
    return tuple(f"≥ {number}" for number in found) if len(found) > 1 else (None,)


def _outcome_rows(rng, trial, outcome, arms):
    kind = outcome.variable.kind
    summaries = {summary.kind for summary in outcome.summaries}
    of = getattr(outcome.variable, "of", None)
    for week in trial.weeks_of(outcome)[-1:] if kind == "time_to" else trial.weeks_of(outcome):
        for level in _levels(outcome):
            if kind == "time_to":
                yield from _times(rng, outcome.id, level, arms)
            elif "mean" in summaries:
                for part in of if isinstance(of, tuple) else (None,):
                    yield from _means(rng, outcome.id, week, part, arms)
            elif "proportion" in summaries:
                yield from _shares(rng, outcome.id, week, level, arms)
    if outcome.role == "primary" and len(arms) > 1:
        yield from _comparisons(rng, outcome.id, trial.weeks_of(outcome)[-1], arms)


def _curve(rng, outcome, level, arm):
    days = sorted({int(day) for day in rng.integers(25, 370, 30)})
    rows = [{"outcome": outcome, "level": level, "arm": arm, "day": 0.0, "at_risk": 63, "events": 0, "censored": 0,
             "survival": 1.0, "low": None, "high": None}]  # fmt: skip
    for day in days:
        risk = rows[-1]["at_risk"] - rows[-1]["events"] - rows[-1]["censored"]
        survival = rows[-1]["survival"] * (1 - 1 / risk)
        limits = {"low": max(0.0, survival - 0.1), "high": min(1.0, survival + 0.1)}
        step = {"day": float(day), "at_risk": risk, "events": 1, "censored": day % 2, "survival": survival}
        rows.append(rows[-1] | step | limits)
    return rows


def _flow(arms, n):
    stages = [("randomised", "Randomised", n), ("p1:left", "Left before the end: Double-blind, to week 25", 4),
              ("p1:rescue", "Rescue treatment: Double-blind, to week 25", 3), ("analysed", "Counted", n)]  # fmt: skip
    return pl.DataFrame(
        [{"stage": key, "label": label, "arm": arm, "n": count} for key, label, count in stages for arm in arms],
        schema=FLOW_SCHEMA,
    )


def make_scores(rng, subjects, weeks):
    rows = []
    for number, subject in enumerate(subjects):
        for week in weeks:
            points = {f"points_{name}": float(rng.choice([0, 2.5, 7.5, 10])) for name in MEASURES}
            total = sum(points.values())
            lost = (number + int(week)) % 17 == 0
            points["points_haq"] = None if lost else points["points_haq"]
            rows.append({"subject_id": subject, "week": week, "tis": None if lost else total, "tis_low": total,
                         "tis_high": total + 10 if lost else total, "category": None if lost else "minimal",
                         **points, "enzyme_used": "ck"})  # fmt: skip
    return pl.DataFrame(rows)


def make_results(trial, study, *, seed=1):
    """Rows, curves, flow and scores for every outcome of a definition."""
    rng = np.random.default_rng(seed)
    arms = [arm.id for arm in trial.arms]
    rows = [row for outcome in trial.outcomes for row in _outcome_rows(rng, trial, outcome, arms)]
    levels = [(outcome.id, level) for outcome in trial.outcomes if outcome.variable.kind == "time_to"
              for level in _levels(outcome)]  # fmt: skip
    curves = [row for outcome, level in levels for arm in arms for row in _curve(rng, outcome, level, arm)]
    subjects = study.subjects["subject_id"].to_list()
    return Results(
        trial=trial.id,
        rows=pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row"),
        curves=pl.DataFrame(curves, schema=CURVE_SCHEMA, orient="row"),
        flow=_flow(arms, len(subjects) // len(arms)),
        subjects={},
        scores={"tis": make_scores(rng, subjects, trial.schedule.visits[1:])},
        provenance={
            "software": {"myotrial": "0.1.0", "python": "3.11.7"},
            "definition": {"id": trial.id, "sha256": "ab" * 32},
            "criteria": {"tis": {"criteria": "acr-eular-2016-adult", "options": {"enzyme_truncated": True}}},
            "inputs": {},
            "simulated": {"seed": 1, "assumptions": "made up", "share": float("nan"), "nothing": None},
            "notes": ["a note"],
        },
    )


def make_study(trial, n, *, simulated=True):
    """Make a study with two visits per subject; the profiles take their scores from the results."""
    names = [f"S{number:03d}" for number in range(1, n + 1)]
    arms = [trial.arms[number % len(trial.arms)].id for number in range(n)]
    visits = pl.DataFrame({
        "subject_id": [name for name in names for _ in range(2)], "week": [1, 5] * n,
        "physician_global_cm": [6.0, 2.0] * n, "patient_global_cm": [6.0, 4.0] * n, "mmt": [120, 135] * n,
        "haq_di": [1.5, 1.0] * n, "extramuscular_cm": [3.0, 1.0] * n, "ck_u_per_l": [900, 300] * n,
        "ck_uln_u_per_l": [200, 200] * n,
    })  # fmt: skip
    events = pl.DataFrame({"subject_id": names[:2], "day": [90, 100], "kind": ["rescue", "discontinued_study"],
                           "reason": [None, "moved"]}, schema_overrides={"reason": pl.String})  # fmt: skip
    return StudyData(
        subjects=pl.DataFrame({"subject_id": names, "arm": arms}),
        visits=check_visits(visits),
        events=events,
        simulated={"seed": 1} if simulated else None,
    )


def with_rows(results, rows):
    return replace(results, rows=pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row"))


class Page(HTMLParser):
    """A page taken apart: its text, tags, attributes, ids, and whether its tags nest."""

    def __init__(self, text):
        super().__init__()
        self.source, self.parts, self.tags, self.ids, self.open, self.unclosed = text, [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unclosed.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.parts.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.parts)).strip()

    @property
    def svgs(self):
        return re.findall(r"<svg.*?</svg>", self.source, flags=re.DOTALL)


@pytest.fixture(scope="session")
def trial():
    return load_trial("NCT04044690")


@pytest.fixture(scope="session")
def study(trial):
    return make_study(trial, 20)


@pytest.fixture(scope="session")
def results(trial, study):
    return make_results(trial, study)


@pytest.fixture(scope="session")
def page(trial, results, study):
    return Page(render_report(trial, results, study, subjects=True))


@pytest.fixture(scope="session")
def report() -> Callable[[str], SimpleNamespace]:
    """Give a definition's report on simulated data, its subjects included; each is drawn once."""
    drawn: dict[str, SimpleNamespace] = {}

    def build(name):
        if name not in drawn:
            trial = load_trial(name)
            study = simulate_study(trial, n=30, seed=1 if name == "NCT04044690" else 4)
            results = analyse(trial, study)
            page = Page(render_report(trial, results, study, subjects=True))
            drawn[name] = SimpleNamespace(trial=trial, study=study, results=results, page=page)
        return drawn[name]

    return build


@pytest.fixture(scope="session")
def small(trial):
    """Return the trial with its primary outcome and one of each of few kinds, for pages that are drawn many times."""
    chosen = tuple(trial.outcome(name) for name in ("C0", "C10", "C16"))
    return trial.model_copy(update={"outcomes": chosen, "multiplicity": None})


@pytest.fixture(scope="session")
def factory():
    return SimpleNamespace(row=make_row, results=make_results, study=make_study, with_rows=with_rows, page=Page)
