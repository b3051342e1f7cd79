"""Adverse events of a simulated study: of infusions, of any time, and from before the first treatment."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.conduct import Conduct
from myotrial.simulation.draws import Stream
from myotrial.simulation.infusions import Infusions
from myotrial.simulation.treatment_assumptions import SEVERITIES, AdverseEventAssumptions

INFUSION, OTHER, BEFORE, FATAL = range(4)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where events come from, and when and in whom they begin, shape (events,)."""

    subject: np.ndarray
    day: np.ndarray
    kind: np.ndarray


def draw_adverse_events(
    assumed: Assumptions, infusions: Infusions, conduct: Conduct, subjects: pl.Series, seed: int
) -> pl.DataFrame:
    """Draw the adverse events of every subject.

    Parameters
    ----------
    assumed
        The assumptions: rates, terms, severities, lengths.
    infusions
        The days of infusion, on which a part of the events begins.
    conduct
        The end of follow-up, and who died; each death has its event.
    subjects
        The subjects' identifiers.
    seed
        The seed of the study.

    Returns
    -------
    polars.DataFrame
        The adverse events table, by subject and first day. An event that is not over at the end of follow-up has no
        last day; ``severity_before`` stands with events that began before day 1, and not with all of them.
    """
    plan = assumed.adverse_events
    begun = _begin(plan, infusions, conduct, seed)
    stream = Stream(seed, "what happened")
    n = len(begun.day)
    last_day = conduct.last_day[begun.subject]
    end = _ends(plan, begun, last_day, stream)
    severity = stream.pick([entry.share for entry in plan.severities], n)
    fatal, before = begun.kind == FATAL, begun.kind == BEFORE
    severity = np.where(fatal, len(SEVERITIES) - 1, severity)
    unknown = stream.uniform(n) < plan.before_unknown
    worse = before & (end >= 1) & (severity < len(SEVERITIES) - 1) & (stream.uniform(n) < plan.worsened)
    now = severity + worse
    serious = fatal | (stream.uniform(n) < np.array([entry.serious for entry in plan.severities])[now])
    chance = np.where(begun.kind == INFUSION, plan.related_infusion, plan.related_other)
    related = (~before | worse) & (stream.uniform(n) < chance)
    blank = stream.uniform(n, 2) < plan.flag_unknown
    names = np.array(SEVERITIES)
    table = pl.DataFrame(
        {
            "subject_id": subjects.gather(begun.subject),
            "term": _terms(plan, begun.kind, stream),
            "start_day": begun.day,
            "end_day": end,
            "severity": names[now],
            "serious": serious,
            "related": related,
            "severity_before": names[severity],
        }
    )
    return table.with_columns(
        end_day=_where(end <= last_day, "end_day"),
        serious=_where(fatal | ~blank[:, 0], "serious"),
        related=_where(~blank[:, 1], "related"),
        severity_before=_where(before & ~unknown, "severity_before"),
    )


def _where(keep: np.ndarray, column: str) -> pl.Expr:
    """Return a column where it is kept, and nothing elsewhere."""
    return pl.when(pl.Series(keep)).then(pl.col(column))


def _begin(plan: AdverseEventAssumptions, infusions: Infusions, conduct: Conduct, seed: int) -> _Begun:
    """Draw in whom and when events begin, by subject and day."""
    n, stream = len(conduct.last_day), Stream(seed, "adverse events")
    spread = plan.frailty_log_sd
    frailty = np.exp(spread * stream.normal(n) - spread**2 / 2)
    rate = np.where(infusions.active, plan.per_infusion_day.active, plan.per_infusion_day.placebo)
    rate = rate * np.where(infusions.number < plan.first_infusions, plan.first_factor, 1)
    at_infusion = stream.poisson(rate * frailty[infusions.subject])
    at_any_time = stream.poisson(plan.per_week * conduct.last_day / 7 * frailty)
    earlier = stream.poisson(plan.before_per_subject * frailty)
    subjects = np.arange(n)
    other, old, died = np.repeat(subjects, at_any_time), np.repeat(subjects, earlier), np.flatnonzero(conduct.death_day)
    death = conduct.death_day[died]
    days = (
        np.repeat(infusions.day, at_infusion),
        1 + np.floor(stream.uniform(len(other)) * conduct.last_day[other]),
        -np.floor(stream.uniform(len(old)) * plan.before_days),
        np.maximum(1, death - np.floor(stream.uniform(len(died)) * 14)),
    )
    who = (np.repeat(infusions.subject, at_infusion), other, old, died)
    kind = np.repeat([INFUSION, OTHER, BEFORE, FATAL], [len(part) for part in days])
    subject, day = np.concatenate(who), np.concatenate(days).astype(np.int64)
    order = np.lexsort((kind, day, subject))
    return _Begun(subject[order], day[order], kind[order])


def _ends(plan: AdverseEventAssumptions, begun: _Begun, last_day: np.ndarray, stream: Stream) -> np.ndarray:
    """Return the last day of each event; one after the end of follow-up where the event was not over by then."""
    means = np.array([plan.mean_days_infusion, plan.mean_days_other, plan.mean_days_before, 1.0])
    length = np.floor(-np.log(stream.uniform(len(begun.day))) * means[begun.kind])
    goes_on = stream.uniform(len(begun.day)) < plan.ongoing
    end = np.where(goes_on, last_day + 1, begun.day + length.astype(np.int64))
    return np.where(begun.kind == FATAL, last_day, end)


def _terms(plan: AdverseEventAssumptions, kind: np.ndarray, stream: Stream) -> np.ndarray:
    lists = (plan.infusion_terms, plan.other_terms)
    at_infusion, at_any_time = (
        np.array([entry.term for entry in terms])[stream.pick([entry.share for entry in terms], len(kind))]
        for terms in lists
    )
    drawn = np.where(kind == INFUSION, at_infusion, at_any_time)
    return np.where(kind == FATAL, plan.fatal_term, drawn)
