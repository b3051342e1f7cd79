"""Is this installation sound? Its versions, the hashes of its data files, and figures from outside computed anew."""

import math
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from typing import Any

import polars as pl

from myotrial.criteria.classification.iim import classify_iim
from myotrial.criteria.tis import score_tis
from myotrial.model.data import data_file, load_data
from myotrial.model.source import Source
from myotrial.statistics import estimate_risk_difference, fit_mmrm

PACKAGES = (
    "myotrial", "polars", "numpy", "scipy", "statsmodels", "pydantic", "altair", "vl-convert-python", "cyclopts",
    "numba", "fastapi", "great-tables", "rtflite",
)  # fmt: skip
"""Packages that a result depends on, and those of the extras."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure from outside beside what this installation computes.

    Attributes
    ----------
    id, title, source
        What it is and where it was read.
    name
        Which of the figures of an entry.
    expected, found
        The figure, and what was computed.
    agrees
        Whether they differ by no more than is allowed.
    """

    id: str
    title: str
    source: str
    name: str
    expected: float
    found: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found: ``versions`` by package (``None``: not installed), ``data`` (folder → hash) and ``figures``."""

    versions: Mapping[str, str | None]
    data: Mapping[str, str]
    figures: tuple[Figure, ...]

    @property
    def sound(self) -> bool:
        """Whether every figure agrees."""
        return all(figure.agrees for figure in self.figures)

    def __repr__(self) -> str:
        """One line with the numbers."""
        agree = sum(figure.agrees for figure in self.figures)
        return f"Examination(myotrial {self.versions['myotrial']}: {agree} of {len(self.figures)} figures agree)"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain records."""
        figures = [asdict(figure) for figure in self.figures]
        return {"sound": self.sound, "versions": dict(self.versions), "data": dict(self.data), "figures": figures}


def examine_installation(*, compute: bool = True) -> Examination:
    """Compute figures from papers and from R with this installation, and tell its versions and data files.

    Parameters
    ----------
    compute
        Whether to compute the figures, which takes a second or two.

    Returns
    -------
    Examination
        Versions, one SHA-256 for each folder of data files, and each figure beside what was expected.

    Examples
    --------
    >>> examine_installation().sound
    True
    """
    versions: dict[str, str | None] = {"python": platform.python_version(), "system": platform.platform(terse=True)}
    versions |= {name: _version(name) for name in PACKAGES}
    folders = sorted((entry for entry in data_file().iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    data = {folder.name: _hash(folder) for folder in folders}
    entries = load_data("selftest", "figures.yaml")["figures"] if compute else ()
    return Examination(versions, data, tuple(figure for entry in entries for figure in _compared(entry)))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _hash(folder: Traversable) -> str:
    """Return one hash of the files of a folder, with their names, in the order of these."""
    found = sha256()
    for name, content in sorted(_files(folder, "")):
        found.update(f"{name}\0{sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        else:
            yield name, entry.read_bytes()


def _compared(entry: Mapping[str, Any]) -> Iterator[Figure]:
    found, source = COMPUTED[entry["id"]](), Source.model_validate(entry["source"])
    for name, expected in entry["expected"].items():
        agrees = abs(found[name] - expected) <= entry["allowed"] * abs(expected)
        yield Figure(entry["id"], entry["title"], source.citation, name, expected, found[name], bool(agrees))


def _tis(more: float) -> dict[str, float]:
    """Score a person whose five clinical measures improve by the first edge of their bands and ``more`` beyond it."""
    visits = pl.DataFrame({
        "subject_id": ["A", "A"], "week": [0, 12], "physician_global_cm": [6.0, 5.5 - 0.1 * more],
        "patient_global_cm": [6.0, 5.5 - 0.1 * more], "mmt": [100.0, 103.0 + more], "haq_di": [1.5, 1.35 - 0.1 * more],
        "extramuscular_cm": [3.0, 2.5 - 0.1 * more], "ck_u_per_l": [1000.0] * 2, "ck_uln_u_per_l": [200.0] * 2,
    })  # fmt: skip
    return {"tis": float(score_tis(visits).frame["tis"][0])}


def _probability() -> dict[str, float]:
    """Classify a person with onset at 51, Gottron's papules and a raised enzyme, and nothing else."""
    absent = ("proximal_upper_weakness", "proximal_lower_weakness", "neck_flexor_weakness", "leg_proximal_over_distal",
              "heliotrope", "gottron_sign", "dysphagia", "anti_jo1", "biopsy_done")  # fmt: skip
    known: dict[str, Any] = dict.fromkeys(absent, False) | dict.fromkeys(
        ("gottron_papules", "muscle_enzyme_raised"), True
    )
    known |= {"onset_age_years": 51, "no_better_explanation": True}
    found = classify_iim(known, biopsy=False).frame
    return {"score": found["score"][0], "probability": found["probability"][0]}


def _proderm() -> dict[str, float]:
    found = estimate_risk_difference(37, 47, 21, 48, interval="wald")
    ends = {"difference": found.value, "low": found.low, "high": found.high}
    return {name: math.nan if end is None else 100 * end for name, end in ends.items()}


def _newcombe() -> dict[str, float]:
    found = estimate_risk_difference(56, 70, 48, 80, interval="newcombe")
    return {name: math.nan if end is None else end for name, end in (("low", found.low), ("high", found.high))}


def _mixed_model() -> dict[str, float]:
    with data_file("selftest", "mixed_model.csv").open("rb") as file:
        wide = pl.read_csv(file)
    data = wide.unpivot(index=["SUBJ", "ARM", "BASE"], variable_name="VISIT", value_name="CHG")
    fit = fit_mmrm(
        "CHG ~ BASE*VISIT + ARM*VISIT", data, subject="SUBJ", visit="VISIT", covariance="us", df="kenward-roger"
    )
    last = fit.contrast("ARM", by="VISIT").row(-1, named=True)
    return {name: float(last[name]) for name in ("estimate", "se", "df")}


COMPUTED: Mapping[str, Callable[[], dict[str, float]]] = {
    "tis-on-the-edge": lambda: _tis(0),
    "tis-above-the-edge": lambda: _tis(1),
    "eular-acr-2017": _probability,
    "proderm": _proderm,
    "newcombe": _newcombe,
    "mixed-model": _mixed_model,
}
"""What computes each figure."""
