"""The participant flow, as the CONSORT statement asks for it."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from myotrial.analysis.results import FLOW_SCHEMA
from myotrial.model.panel import Panel
from myotrial.trials.definition import TrialDefinition


def participant_flow(trial: TrialDefinition, panel: Panel, derived: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Count the subjects of each arm at each stage.

    Parameters
    ----------
    trial
        The definition: its periods and its primary outcome.
    panel
        The study on the definition's grid.
    derived
        Outcome id → its derivation.

    Returns
    -------
    polars.DataFrame
        Stages in order, one row per stage and arm, columns ``FLOW_SCHEMA``.
    """
    stages: list[tuple[str, str, np.ndarray]] = [("randomised", "Randomised", np.ones(len(panel.subjects), dtype=bool))]
    stages.append(("baseline", "Seen at baseline", panel.seen[:, panel.baseline]))
    for period in trial.schedule.periods:
        first = min(place for place, week in enumerate(panel.weeks) if week >= period.weeks[0])
        last = max(place for place, week in enumerate(panel.weeks) if week <= period.weeks[1])
        label = f"{period.label}, to week {period.weeks[1]:g}"
        stages += [
            (
                f"{period.id}:left",
                f"Left before the end: {label}",
                _within(panel, ("discontinued_study", "death"), first, last),
            ),
            (f"{period.id}:rescue", f"First rescue: {label}", _within(panel, ("rescue",), first, last)),
            (f"{period.id}:missed", f"Missed week {panel.weeks[last]:g}: {label}", _missed(panel, last)),
            (f"{period.id}:seen", f"Seen at week {panel.weeks[last]:g}", panel.seen[:, last]),
        ]
    primary = next((outcome.id for outcome in trial.outcomes if outcome.role == "primary"), None)
    if primary is not None:
        counted = derived[primary].filter(pl.col("value").is_not_null())["subject_id"].unique()
        stages.append(
            (
                "analysed",
                "Counted in the primary outcome",
                pl.Series(panel.subjects).is_in(counted.implode()).to_numpy(),
            )
        )
    rows = [
        {"stage": stage, "label": label, "arm": arm.id, "n": int((mask & (panel.arm == arm.id)).sum())}
        for stage, label, mask in stages
        for arm in trial.arms
    ]
    return pl.DataFrame(rows, schema=FLOW_SCHEMA)


def _within(panel: Panel, events: tuple[str, ...], first: int, last: int) -> np.ndarray:
    """Return to whom one of the events first happened between two visits."""
    day = np.min([panel.first_day[event] for event in events], axis=0)
    return np.asarray((day >= panel.day[:, first]) & (day < panel.day[:, last]))


def _missed(panel: Panel, last: int) -> np.ndarray:
    """Return who did not come to a visit and had not left the study before it."""
    gone = panel.before("discontinued_study", [last])[:, 0] | panel.before("death", [last])[:, 0]
    return np.asarray(~panel.seen[:, last] & ~gone)
