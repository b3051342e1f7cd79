"""Read a study without its allocation: what would tell an arm is taken out before anything is looked at."""

from dataclasses import replace

import polars as pl

from myotrial.study.raw_table import RawTable

KNOWN_PURPOSES = ("background", "rescue")
"""Purposes of a dose that say nothing of the arm."""

WITHHELD = "withheld"


def mask_raw(raw: RawTable, table: str) -> RawTable:
    """Return a table as it was found, without what tells the allocation.

    Parameters
    ----------
    raw
        The table. It is taken as it stands in the file, before any check, so that no message can show what is taken
        out; what the faults of its shape show of cells is taken out as well.
    table
        Which table it is.

    Returns
    -------
    RawTable
        Without the column ``arm``; of the doses, without name and amount of the study treatment (and of whatever is
        neither background nor rescue); of the infusions, without the dose.

    Examples
    --------
    >>> raw = RawTable(pl.DataFrame({"subject_id": ["A"], "arm": ["placebo"]}), "subjects.csv", first_row=2)
    >>> mask_raw(raw, "subjects").frame.columns
    ['subject_id']
    """
    frame = raw.frame.select([name for name in raw.frame.columns if name.strip().lower() != "arm"])
    if table == "doses" and "purpose" in frame.columns:
        harmless = pl.col("purpose").cast(pl.String).str.strip_chars().str.to_lowercase().is_in(KNOWN_PURPOSES)
        tell = ~harmless.fill_null(value=False)
        frame = frame.with_columns(
            pl.when(tell).then(pl.lit(told, dtype=frame[name].dtype)).otherwise(pl.col(name)).alias(name)
            for name, told in (("drug", WITHHELD), ("dose_mg", "1" if frame["dose_mg"].dtype == pl.String else 1))
            if name in frame.columns
        )  # fmt: skip
    if table == "infusions" and "dose_g" in frame.columns:
        frame = frame.with_columns(dose_g=pl.lit(None, dtype=frame["dose_g"].dtype))
    faults = [replace(fault, got=None, hint=None) for fault in raw.faults]
    return replace(raw, frame=frame, faults=faults)
