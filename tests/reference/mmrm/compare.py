# ruff: noqa: T201 (a script that prints)
"""Print the largest relative difference from R mmrm's fits, per quantity and file (needs the full set of fits).

Run from the repository: ``python tests/reference/mmrm/compare.py ../shared/reference/mmrm``.
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

from myotrial import fit_mmrm

DF = {"Satterthwaite": "satterthwaite", "Between-Within": "between-within", "Residual": "residual"}
LINEAR = {"Kenward-Roger": "kenward-roger-mmrm", "Kenward-Roger-Linear": "kenward-roger"}


def canonical(name: str) -> str:
    return ":".join(sorted(name.split(":")))


def model_of(file: str, key: str) -> dict:
    """Return formula, structure, group and weights of a fit."""
    parts = key.split("|")
    if file == "fev":
        bl = "FEV1 ~ FEV1_BL*AVISIT + RACE + SEX + ARMCD*AVISIT"
        return {
            "formula": bl if parts[0] == "fev_bl" else "FEV1 ~ RACE + SEX + ARMCD*AVISIT",
            "covariance": parts[1].split("_")[0], "method": parts[2].lower(), "subject": "USUBJID", "visit": "AVISIT",
            "group": "ARMCD" if parts[0] == "fev_grouped" else None,
            "weights": "WEIGHT" if parts[0] == "fev_weighted" else None,
        }  # fmt: skip
    roles = {"subject": "SUBJ", "visit": "VISIT"}
    if file != "sim120x5_3arm":
        return {"formula": "CHG ~ BASE*VISIT + ARM*VISIT", **roles}
    by_visit = "BASE*VISIT" in parts[0]
    return {
        "formula": "CHG ~ SEX + REGION + BASE*VISIT + ARM*VISIT" if by_visit else
                   "CHG ~ BASE + SEX + REGION + ARM*VISIT",
        "covariance": parts[0].partition(",")[0].partition(" ")[0], "method": parts[1].lower(), **roles,
        "group": "ARM" if "by ARM" in parts[0] else None, "weights": "WEIGHT" if "weights" in parts[0] else None,
    }  # fmt: skip


def frame_of(folder: Path, file: str, key: str) -> pl.DataFrame:
    if file == "fev":
        frame = pl.read_csv(folder / "fev_data.csv", null_values=["NA", ""])
        return frame.with_columns(pl.col("SEX").cast(pl.Enum(["Male", "Female"])))
    if file == "sim120x5_3arm":
        return pl.read_csv(folder / f"{file}.csv").with_columns(pl.col("ARM").cast(pl.Enum(["PBO", "LOW", "HIGH"])))
    wide = pl.read_csv(folder / f"{file}.csv", schema_overrides={"SIM": pl.String}, null_values=["NA", ""],
                       infer_schema_length=None)  # fmt: skip
    trial = key.partition("|")[0][-2:] if file == "sim126x7" else wide["SIM"][0]
    index = ["SIM", "SUBJ", "ARM", "BASE"]
    return wide.filter(pl.col("SIM") == trial).unpivot(index=index, variable_name="VISIT", value_name="CHG")


def differences(figures: dict, fits: dict, fit: object) -> dict[str, float]:
    names = figures.get("coef_names") or next(
        f["coef_names"] for f in fits.values() if "coef_names" in f and f["logLik"] == figures["logLik"]
    )
    rows = {canonical(row["term"]): row for row in fit.coefficients.iter_rows(named=True)}
    pairs = {"log-likelihood": ([fit.log_likelihood], [figures["logLik"]])}
    for theirs, ours, label in (("beta", "estimate", "coefficient"), ("se", "se", "standard error"),
                                ("df", "df", "degrees of freedom"), ("p", "p_value", "p-value")):  # fmt: skip
        pairs[label] = ([rows[canonical(name)][ours] for name in names], figures[theirs])
    factor, visit = ("ARMCD", "AVISIT") if "ARMCD" in fit.formula else ("ARM", "VISIT")
    wanted, found = figures["contrasts"], fit.contrast(factor, by=visit, comparison="pairwise")
    order = {key: i for i, key in enumerate(zip(found["contrast"], found[visit], strict=True))}
    place = [order[key] for key in zip(wanted["contrast"], wanted[visit], strict=True)]
    pairs["contrast"] = (found["estimate"].to_numpy()[place], wanted["estimate"])
    pairs["its standard error"] = (found["se"].to_numpy()[place], wanted["SE"])
    if "emmeans" in figures:
        wanted, found = figures["emmeans"], fit.lsmeans(factor, by=visit)
        order = {key: i for i, key in enumerate(zip(found[factor], found[visit], strict=True))}
        place = [order[key] for key in zip(wanted[factor], wanted[visit], strict=True)]
        pairs["least-squares mean"] = (found["estimate"].to_numpy()[place], wanted["emmean"])
    return {
        label: float(np.max(np.abs(np.asarray(a, float) / np.asarray(b, float) - 1))) for label, (a, b) in pairs.items()
    }


def main(folder: Path) -> None:
    for file in ("sim120x5_3arm", "sim126x7", "sim1000x10", "fev"):
        fits = json.loads((folder / f"{file}.json").read_text())["fits"]
        worst: dict[str, float] = {}
        for key, figures in fits.items():
            vcov = figures["vcov"]
            df = LINEAR.get(vcov) or DF[figures["method"]]
            kind = vcov.lower() if vcov.startswith("Empirical") else "model"
            fit = fit_mmrm(data=frame_of(folder, file, key), df=df, vcov=kind, **model_of(file, key))
            for label, value in differences(figures, fits, fit).items():
                worst[label] = max(worst.get(label, 0.0), value)
        print(f"| {file} | {len(fits)} | " + " | ".join(f"{value:.0e}" for value in worst.values()) + " |")
    print("| file | fits | " + " | ".join(worst) + " |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
