"""What facts say about each other: wholes and parts, numbers that settle flags, facts that exclude each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.rules import FACTS, FOLDER
from myotrial.model.data import load_data
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

Answers = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Clash:
    """Facts that cannot hold together, and the rows (shape (subjects,)) in which they stand together."""

    rows: np.ndarray
    column: str
    says: str
    expected: str | None = None


def follow(answers: Answers, numbers: dict[str, np.ndarray], texts: dict[str, pl.Series]) -> list[Clash]:
    """Fill in, in place, what follows from the facts that are given; return where they contradict each other.

    Examples
    --------
    >>> answers = {name: np.array([UNKNOWN]) for name in ("adult_onset", "onset_18_to_39", "onset_40_or_over")}
    >>> _bands({"number": "age", "flag": "adult_onset", "from": 18}, answers, {"age": np.array([12.0])}).rows
    array([False])
    >>> answers["adult_onset"].tolist() == [NOT_MET]
    True
    """
    data = load_data(FOLDER, FACTS)
    clashes = list(_needs(data["needs"], answers, texts))
    clashes += [_exclusive(names, answers) for names in data["exclusive"]]
    clashes += [_bands(band, answers, numbers) for band in data["bands"]]
    for names in data["exclusive"]:
        _leave_one(names, answers)
    for whole in data["wholes"] * 2:  # what one whole finds, it may hand on to another
        clashes += _whole(answers, **whole)
    return clashes


def _needs(links: list[dict[str, Any]], answers: Answers, texts: dict[str, pl.Series]) -> Iterator[Clash]:
    """Yield what is answered although it cannot be known."""
    for link in links:
        absent = answers[link["fact"]] == NOT_MET
        for name in link["for"]:
            given = answers[name] != UNKNOWN if name in answers else texts[name].is_not_null().to_numpy()
            says = f"it is answered, and {link['fact']} is no"
            yield Clash(absent & given, name, says, expected="an empty cell: what was not done is not known")


def _bands(band: dict[str, Any], answers: Answers, numbers: dict[str, np.ndarray]) -> Clash:
    """Let a number settle a flag; where they differ the number goes on, so that one slip is told once."""
    number, flag = numbers[band["number"]], band["flag"]
    with np.errstate(invalid="ignore"):
        inside = (number >= band["from"]) & (number < band.get("to", np.inf))
    follows = np.where(np.isnan(number), UNKNOWN, np.where(inside, MET, NOT_MET)).astype(np.int8)
    wrong = (follows != UNKNOWN) & (answers[flag] != UNKNOWN) & (follows != answers[flag])
    answers[flag] = np.where(follows == UNKNOWN, answers[flag], follows)
    return Clash(wrong, flag, f"it contradicts {band['number']}")


def _exclusive(names: list[str], answers: Answers) -> Clash:
    yes = np.sum([answers[name] == MET for name in names], axis=0)
    return Clash(yes > 1, names[-1], f"{' and '.join(names)} cannot both be yes")


def _leave_one(names: list[str], answers: Answers) -> None:
    """Let a yes make the others no, of facts that exclude each other."""
    some = np.any([answers[name] == MET for name in names], axis=0)
    for name in names:
        answers[name] = np.where(some & (answers[name] == UNKNOWN), NOT_MET, answers[name])


def _whole(answers: Answers, whole: str, parts: list[str], *, closed: bool) -> list[Clash]:
    """Let a whole and its parts settle each other; return where they cannot hold together."""
    stacked = np.stack([answers[part] for part in parts])
    stated = answers[whole]
    some, none = (stacked == MET).any(axis=0), (stacked == NOT_MET).all(axis=0)
    clashes = [Clash((stated == NOT_MET) & some, whole, f"it is no, and one of its parts is yes: {', '.join(parts)}")]
    if closed:
        says = f"it is yes, and all its parts are no: {', '.join(parts)}"
        clashes.append(Clash((stated == MET) & none, whole, says))
    follows = np.where(some, MET, np.where(none & closed, NOT_MET, UNKNOWN))
    settled = np.where(stated == UNKNOWN, follows, stated).astype(np.int8)
    last = closed & (settled == MET) & ~some & ((stacked == UNKNOWN).sum(axis=0) == 1)
    for part in parts:
        answer = np.where((answers[part] == UNKNOWN) & (settled == NOT_MET), NOT_MET, answers[part])
        answers[part] = np.where((answer == UNKNOWN) & last, MET, answer)
    answers[whole] = settled
    return clashes
