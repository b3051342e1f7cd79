"""The named rules of a definition at every visit, and the episodes they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.change.episodes import find_episodes
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.worsening import episode_bounds
from myotrial.criteria.every import score_visits
from myotrial.endpoints.grids import Places
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, confirm, evaluate
from myotrial.model.panel import Panel
from myotrial.study.reading import StudyData
from myotrial.study.visits import Visits, check_visits
from myotrial.trials.definition import TrialDefinition

OPEN = {"confirmed_by": "any", "unknown_visit": "unknown"}
"""How the visits of a tree's episodes are read; a published rule has options of its own."""


@dataclass(frozen=True, slots=True)
class RuleEpisodes:
    """The visits of a rule from which its episodes are counted.

    Attributes
    ----------
    held
        One row per visit that took place after baseline: place (of the subject), week, day, whether the rule is met,
        in_episode and episode.
    options
        How visits in a row are read.
    """

    held: pl.DataFrame
    options: Mapping[str, Any]

    def count(self, subjects: int, until: np.ndarray, week: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the fewest and the most episodes of each subject, NaN for one without a visit, shape (subjects,).

        Parameters
        ----------
        subjects
            How many there are.
        until
            The last day that counts, shape (subjects,).
        week
            The last week that counts.
        """
        last = pl.Series(until).gather(self.held["place"])
        held = self.held.filter((self.held["week"] <= week) & (self.held["day"] <= last))
        low, high = np.full((2, subjects), np.nan)
        if not held.height:
            return low, high
        found = episode_bounds(held.with_columns(subject_id="place"), self.options)
        places = found["subject_id"].to_numpy()
        low[places], high[places] = found["episodes_low"].to_numpy(), found["episodes_high"].to_numpy()
        return low, high


def apply_rules(
    trial: TrialDefinition, study: StudyData, panel: Panel, places: Places
) -> tuple[dict[str, np.ndarray], dict[str, RuleEpisodes]]:
    """Answer every named rule at every visit.

    Returns
    -------
    answers
        Rule → its answers, confirmed where the rule asks for it, shape (subjects, visits); unknown where the visit did
        not take place.
    episodes
        Rule → the visits from which its episodes are counted.
    """
    answers: dict[str, np.ndarray] = {}
    episodes: dict[str, RuleEpisodes] = {}
    visits = _to_judge(trial, study, places) if trial.rules else study.visits
    for name, rule in trial.rules.items():
        if rule.criteria is None:
            met = evaluate(rule.when, panel, list(range(len(panel.weeks))))
            in_a_row = rule.confirmed
            answers[name] = confirm(met, panel.attended(len(panel.weeks) - 1), in_a_row)
            episodes[name] = _episodes(met, panel, in_a_row)
            continue
        found = score_visits(
            visits, rule.criteria, baseline_week=trial.schedule.baseline_week, options=rule.options
        )  # fmt: skip
        assert isinstance(found, ChangeScores)  # noqa: S101  (names.known_rules lists these only)
        confirmed = "confirmed" in found.frame.columns
        answers[name] = _on_grid(found.frame, "confirmed" if confirmed else found.answer, panel, places)
        if confirmed:
            episodes[name] = _published(found, panel, places)
        else:
            episodes[name] = _episodes(answers[name], panel, 1)
    return answers, episodes


def _to_judge(trial: TrialDefinition, study: StudyData, places: Places) -> Visits:
    """Return the scheduled visits, with an empty baseline for those who were not seen then.

    What is measured later may tell that a subject cannot have got worse, whatever baseline was.
    """
    week = trial.schedule.baseline_week
    frame = study.visits.frame.filter(pl.Series(places.scheduled))
    there = frame.filter(pl.col("week") == week).select("subject_id")
    absent = frame.select("subject_id").unique(maintain_order=True).join(there, on="subject_id", how="anti")
    if places.scheduled.all() and not absent.height:
        return study.visits
    empty = absent.with_columns(week=pl.lit(week).cast(frame["week"].dtype))
    return check_visits(pl.concat([frame, empty], how="diagonal"), week, study.visits.file or "visits", needs={})


def _on_grid(frame: pl.DataFrame, column: str, panel: Panel, places: Places) -> np.ndarray:
    _, rows, columns = places.of_frame(frame)
    answers = np.full(panel.seen.shape, UNKNOWN)
    coded = frame[column].cast(pl.Int8).to_numpy() * float(MET)
    answers[rows, columns] = np.where(np.isnan(coded), UNKNOWN, coded)
    return answers


def _published(found: ChangeScores, panel: Panel, places: Places) -> RuleEpisodes:
    _, rows, columns = places.of_frame(found.frame)
    held = found.frame.with_columns(place=pl.Series(rows.astype(np.int64)), day=pl.Series(panel.day[rows, columns]))
    if found.options["unknown_visit"] == "skipped":
        held = held.filter(pl.col("worsening").is_not_null())
    return RuleEpisodes(held.sort("place", "week"), found.options)


def _episodes(met: np.ndarray, panel: Panel, in_a_row: int) -> RuleEpisodes:
    """Return the attended visits of a tree's answers, with the episodes that so many of them in a row make."""
    attended = panel.attended(len(panel.weeks) - 1)
    rows, columns = np.nonzero(attended)
    answers = met[rows, columns]
    found = find_episodes(rows, panel.weeks[columns], [answers], in_a_row, OPEN["unknown_visit"])
    truth = {NOT_MET: False, MET: True}
    held = pl.DataFrame(
        {
            "place": rows.astype(np.int64),
            "week": panel.weeks[columns],
            "day": panel.day[rows, columns],
            "worsening": pl.Series(answers).replace_strict(truth, default=None, return_dtype=pl.Boolean),
            "in_episode": pl.Series(found.within).replace_strict(truth, default=None, return_dtype=pl.Boolean),
            "episode": pl.Series(found.number).replace(-1, None),
        }
    )
    return RuleEpisodes(held, {**OPEN, "visits_in_a_row": in_a_row})
