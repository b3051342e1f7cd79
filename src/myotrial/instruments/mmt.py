"""Muscle sets other than those of the data files, and strength lost as a share of any maximum."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from myotrial.instruments.definition import Instrument, load_instrument
from myotrial.model.errors import BadInput, Fault

NAME = re.compile(r"[a-z][a-z0-9_]*")
MODEL = "mmt8-unilateral"
"""The instrument whose scales and options any other muscle set takes over."""


def muscle_set(muscles: Sequence[str] | Mapping[str, str], *, maximum: float, name: str = "mmt") -> Instrument:
    """Return an instrument for any set of muscles, each tested from 0 to 10.

    Parameters
    ----------
    muscles
        The tests, one for each muscle and side; or test → label.
    maximum
        The highest possible total as the trial states it, in points; it has to fit the number of tests.
    name
        The name of the total; the strength lost is ``<name>_loss_percent``.

    Raises
    ------
    BadInput
        The maximum is not ten points for each test, a test stands twice, or its name is none.

    Examples
    --------
    >>> muscle_set(["deltoid_right", "deltoid_left"], maximum=20)
    Instrument(mmt: 2 items; mmt 0 to 20, mmt_loss_percent 0 to 100)
    """
    labels = dict(muscles) if isinstance(muscles, Mapping) else {muscle: muscle for muscle in muscles}
    model = load_instrument(MODEL)
    item = model.items[0]
    possible = item.high * len(labels)
    faults = []
    if len(labels) < len(muscles):
        faults.append(Fault("duplicate_item", "a muscle stands twice", got=", ".join(muscles)))
    faults += [
        Fault("bad_name", "the name of a test cannot be used", got=muscle,
              expected="small letters, digits and _, a letter first: deltoid_right")
        for muscle in labels
        if not NAME.fullmatch(muscle)
    ]  # fmt: skip
    if not labels or possible != maximum:
        faults.append(
            Fault("wrong_maximum", "the maximum does not fit the tests", got=f"{maximum:g}",
                  expected=f"{possible:g}: {item.high:g} for each of {len(labels)}")
        )  # fmt: skip
    if faults:
        raise BadInput(faults)
    points, lost = model.totals
    data = {
        **dict(model),
        "id": name,
        "title": f"Manual muscle testing, {len(labels)} tests",
        "short": f"MMT of {maximum:g}",
        "items": [{**dict(item), "id": muscle, "label": label, "group": None} for muscle, label in labels.items()],
        "totals": [
            {**dict(points), "name": name, "high": maximum, "label": "Manual muscle testing", "source": lost.source},
            {**dict(lost), "name": f"{name}_loss_percent", "label": f"Strength lost, of the maximum of {maximum:g}"},
        ],
        "sha256": None,
    }
    return Instrument.model_validate(data)


def loss_percent(strength: np.ndarray, maximum: np.ndarray | float) -> np.ndarray:
    """Return the strength that is lost, in percent of the maximum, from totals as they were recorded.

    Parameters
    ----------
    strength
        Totals in points, shape (rows,); NaN where missing.
    maximum
        The highest possible total, one for all or one for each row.

    Returns
    -------
    numpy.ndarray
        Percent, 0 to 100; NaN where a total is missing.

    Raises
    ------
    BadInput
        A total is below 0 or above its maximum, or a maximum is not above 0.

    Examples
    --------
    >>> loss_percent(np.array([135.0, 150.0, np.nan]), 150).tolist()
    [10.0, 0.0, nan]
    """
    scores, highest = np.broadcast_arrays(np.asarray(strength, dtype=np.float64), np.asarray(maximum, dtype=np.float64))
    bad = np.flatnonzero((scores < 0) | (scores > highest) | ~(highest > 0))
    if bad.size:
        raise BadInput(
            Fault("out_of_range", "a total does not fit its maximum", row=int(place) + 1, got=f"{scores[place]:g}",
                  expected=f"0 to {highest[place]:g}")
            for place in bad
        )  # fmt: skip
    return np.asarray(100 * (highest - scores) / highest)
