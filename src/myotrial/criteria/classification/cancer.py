"""Cancer-associated myositis: from the days, months or years of both diagnoses, or from a diagnosis as stated."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.facts import Facts, FactsIn, read_facts
from myotrial.criteria.classification.groups import classify_groups
from myotrial.criteria.classification.result import Classified, as_flags, as_names
from myotrial.criteria.classification.rules import load_classification
from myotrial.model.decimals import exact
from myotrial.model.errors import BadInput, Fault
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

DATE = r"^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?: 00:00:00.*)?$"
MONTH = 32
"""Days are counted as months × 32 + day: it keeps their order, and a number of months can be added as it is."""

ASK = ("cancer", "cancer_diagnosed", "myositis_diagnosed", "cancer_associated")


def classify_cancer_associated(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Classify cancer-associated myositis: cancer and myositis within a window of each other, either one first.

    Parameters
    ----------
    facts
        ``myositis_diagnosed`` and ``cancer_diagnosed`` (2021-03-15, 2021-03 or 2021; a date that is not complete is
        an interval, and decides where all of it agrees), ``cancer`` (no: none was ever diagnosed), and
        ``cancer_associated`` with ``cancer_associated_evidence``: the diagnosis as stated.
    options
        ``window_years``: 3, whole months; ``rests_on``: ``dates_first`` (default), ``dates`` or ``stated``.

    Returns
    -------
    Classified
        ``rests_on`` says what decided; ``by_dates`` and ``stated`` hold both answers, ``differs`` whether they
        contradict each other.

    Raises
    ------
    BadInput
        A text that is no date, a stated diagnosis without its evidence; see also
        :func:`~myotrial.criteria.classification.facts.read_facts`.

    Examples
    --------
    >>> found = classify_cancer_associated(pl.DataFrame({"myositis_diagnosed": ["2020-05-01", "2020"],
    ...                                                  "cancer_diagnosed": ["2023-05-01", "2023"]}))
    >>> found.to_frame()["category"].to_list()
    ['cancer-associated', None]
    """
    rule = load_classification("cancer-associated")
    settled, known = rule.settle(options or {}), read_facts(facts)
    months = exact(settled["window_years"]) * 12
    faults = _date_faults(known) + _evidence_faults(known)
    if months.denominator != 1:
        faults.append(Fault("bad_option", "the value of window_years is not possible", column="window_years",
                            got=str(settled["window_years"]), expected="whole months: 1.5 is 18 months"))  # fmt: skip
    if faults:
        raise BadInput(faults)
    by_dates, stated = _by_dates(known, int(months)), known.answers["cancer_associated"]
    first = by_dates if settled["rests_on"] != "stated" else np.full_like(by_dates, UNKNOWN)
    second = stated if settled["rests_on"] != "dates" else np.full_like(by_dates, UNKNOWN)
    near = np.where(first == UNKNOWN, second, first)
    rests_on = np.where(first != UNKNOWN, 0, np.where(second != UNKNOWN, 1, -1))
    differs = np.where((by_dates == UNKNOWN) | (stated == UNKNOWN), UNKNOWN, 2 * (by_dates != stated))
    extra = {
        "rests_on": as_names("rests_on", rests_on, ("dates", "stated diagnosis")),
        "by_dates": as_flags("by_dates", by_dates),
        "stated": as_flags("stated", stated),
        "evidence": known.texts["cancer_associated_evidence"],
        "differs": as_flags("differs", differs),
    }
    known.answers["near"] = near
    return classify_groups(rule, known, settled, extra=extra, asks={"near": ASK})


def _by_dates(facts: Facts, months: int) -> np.ndarray:
    """Return whether the two lie within so many months of each other, in three values, shape (subjects,)."""
    first, second = _interval(facts.texts["myositis_diagnosed"]), _interval(facts.texts["cancer_diagnosed"])
    window = months * MONTH
    with np.errstate(invalid="ignore"):
        surely = (second[1] <= first[0] + window) & (first[1] <= second[0] + window)
        never = (second[0] > first[1] + window) | (first[0] > second[1] + window)
    never |= facts.answers["cancer"] == NOT_MET
    return np.where(surely, MET, np.where(never, NOT_MET, UNKNOWN))


def _interval(dates: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last day a date can mean, shape (subjects,); NaN where it is unknown."""
    parts = [dates.str.extract(DATE, place).cast(pl.Float64) for place in (1, 2, 3)]
    year, month, day = (part.to_numpy().astype(np.float64) for part in parts)
    ends = []
    for first_month, first_day in ((1, 1), (12, 31)):
        whole = np.where(np.isnan(month), first_month, month)
        ends.append((year * 12 + whole) * MONTH + np.where(np.isnan(day), first_day, day))
    return ends[0], ends[1]


def _date_faults(facts: Facts) -> list[Fault]:
    faults = []
    for name in ("myositis_diagnosed", "cancer_diagnosed"):
        dates = facts.texts[name]
        complete = dates.str.head(10).filter(dates.str.len_chars() >= 10)
        wrong = complete.filter(complete.str.to_date("%Y-%m-%d", strict=False).is_null())  # 30 February
        bad = dates.is_not_null() & (~dates.str.contains(DATE) | dates.str.head(10).is_in(wrong.to_list()))
        faults += [
            facts.table.fault("not_a_date", "it is no date", row, name, f"'{dates[row]}'",
                              "a year, a month or a day: 2021, 2021-03 or 2021-03-15")
            for row in bad.arg_true()
        ]  # fmt: skip
    return faults


def _evidence_faults(facts: Facts) -> list[Fault]:
    without = (facts.answers["cancer_associated"] != UNKNOWN) & (
        facts.texts["cancer_associated_evidence"].is_null().to_numpy()
    )
    return [
        facts.table.fault("missing_evidence", "the diagnosis is stated without what it rests on", int(row),
                          "cancer_associated_evidence",
                          expected="a few words, for example: CT 2022, ovarian carcinoma")
        for row in np.flatnonzero(without)
    ]  # fmt: skip
