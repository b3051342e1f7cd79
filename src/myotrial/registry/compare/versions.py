"""Compare two versions of a trial's record."""

from myotrial.registry.compare.change import VersionComparison
from myotrial.registry.compare.criteria import compare_criteria
from myotrial.registry.compare.fields import compare_fields
from myotrial.registry.compare.matching import THRESHOLD, require_threshold
from myotrial.registry.compare.outcomes import compare_outcomes, shows_all
from myotrial.registry.compare.witness import name_record
from myotrial.registry.record import TrialRecord


def compare_versions(old: TrialRecord, new: TrialRecord, *, threshold: float = THRESHOLD) -> VersionComparison:
    """Tell what changed between two versions of a record.

    Outcomes are matched by likeness of title, measurement and time, so that the sum is greatest; then each pair is
    compared by the five elements domain, measurement, metric, aggregation and time point. White space, punctuation,
    case, escapes and the order of entries do not count.

    Parameters
    ----------
    old, new
        The two records, the earlier one first.
    threshold
        The likeness, 0 to 1, from which two outcomes or two criteria are one that changed.

    Returns
    -------
    VersionComparison
        Every change; an outcome that was added, dropped, or moved to or from the primary ones is ``major``, any other
        change of an outcome ``minor``. What a record does not show is not called removed.

    Raises
    ------
    BadInput
        The threshold is not from 0 to 1.

    Examples
    --------
    >>> from myotrial.registry.parts import RegisteredOutcome
    >>> rate = RegisteredOutcome(role="secondary", position=1, title="Response rate", time_frame="40 weeks",
    ...                          start=0, end=1)
    >>> old = TrialRecord(form="invented", sha256="0", main_id="X1", target_size=20, outcomes=(rate,))
    >>> now = rate.model_copy(update={"role": "primary", "time_frame": "Week 24"})
    >>> new = old.model_copy(update={"target_size": 17, "outcomes": (now,)})
    >>> for change in compare_versions(old, new).changes:
    ...     print(change)
    outcomes: promoted [major]: “Response rate [40 weeks]” → “Response rate [Week 24]” (secondary → primary)
    outcomes: time frame changed [minor]: “Response rate [40 weeks]” → “Response rate [Week 24]” (week 40 → week 24)
    target_size: changed: “20” → “17”
    """
    require_threshold(threshold)
    changes = [
        *compare_outcomes(old, new, threshold),
        *compare_fields(old, new),
        *compare_criteria(old, new, threshold),
    ]
    return VersionComparison(
        old=name_record(old),
        new=name_record(new),
        changes=tuple(changes),
        threshold=threshold,
        notes=tuple(_notes(old, new)),
    )


def _notes(old: TrialRecord, new: TrialRecord) -> list[str]:
    notes = []
    if old.main_id and new.main_id and not ({*old.ids} & {*new.ids}):
        notes.append(f"the records share no identifier: {old.main_id} and {new.main_id}")
    for side, record in (("old", old), ("new", new)):
        if record.main_id is None:
            notes.append(f"the {side} record has no identifier: that it is the same trial is taken from you")
        if record.cut_off:
            notes.append(f"the {side} record is cut off")
        if not shows_all(record):
            notes.append(f"the {side} record may not show all outcomes, or does not say which are primary")
        if record.lost_comparators:
            number = len(record.lost_comparators)
            notes.append(
                f"the {side} record has {number} lost comparison signs; a change of such a sign cannot be seen"
            )
    return notes
