"""The primary outcome in words and numbers."""

from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.numbers import NOT_ESTIMABLE, write_p, write_percent
from myotrial.report.outcome_table import decimals, versus
from myotrial.report.words import LABELS, PER_ARM, SPREAD, Row, write_interval, write_value
from myotrial.trials.definition import TrialDefinition


@dataclass(frozen=True, slots=True)
class Tile:
    """One arm's result in large print."""

    arm: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One primary outcome: a tile per arm, sentences, and warnings."""

    id: str
    title: str
    time_frame: str
    derivation: str
    level: str
    tiles: tuple[Tile, ...]
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]


def headlines(trial: TrialDefinition, results: Results) -> list[Headline]:
    """Return the primary outcomes, one headline for each level at the last visit."""
    found = []
    for outcome in trial.outcomes:
        if outcome.role != "primary":
            continue
        rows = results.outcome(outcome.id).to_dicts()
        last: dict[str, float | None] = {row["level"] or "": row["week"] for row in rows}
        for level, week in (last or {"": None}).items():
            chosen = [row for row in rows if (row["level"] or "") == level and row["week"] == week]
            registered = outcome.registered
            found.append(
                Headline(
                    id=outcome.id,
                    title=outcome.name,
                    time_frame=registered.time_frame if registered else "",
                    derivation=outcome.derivation,
                    level=level,
                    tiles=tuple(_tiles(trial, chosen, decimals(trial, outcome.id))),
                    sentences=tuple(_sentences(trial, chosen, decimals(trial, outcome.id))),
                    warnings=tuple(dict.fromkeys(row["warnings"] for row in chosen if row["warnings"])),
                )
            )
    return found


def _own(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["statistic"] in PER_ARM and row["statistic"] not in SPREAD]


def _tiles(trial: TrialDefinition, rows: list[Row], places: int) -> list[Tile]:
    tiles = []
    for row in _own(rows):
        arm = "All subjects" if row["arm"] is None else trial.arm_label(row["arm"])
        if row["estimate"] is None:
            tiles.append(Tile(arm, NOT_ESTIMABLE, f"n = {row['n']}"))
        elif row["statistic"] == "proportion":
            counts = "" if row["n_event"] is None else f"{row['n_event']} of {row['n']}; "
            tiles.append(Tile(arm, write_percent(row["estimate"]), counts + write_interval(row, places)))
        else:
            detail = f"{LABELS.get(row['statistic'], row['statistic'])}; {write_interval(row, places)}; n = {row['n']}"
            tiles.append(Tile(arm, write_value(row, places), detail))
    return tiles


def _sentences(trial: TrialDefinition, rows: list[Row], places: int) -> list[str]:
    own = [row for row in _own(rows) if row["statistic"] == "proportion" and row["n_event"] is not None]
    sentences = []
    if own:
        told = [
            f"{row['n_event']} of {row['n']} subjects ({write_percent(row['estimate'], missing=NOT_ESTIMABLE)})"
            + (f" with {trial.arm_label(row['arm'])}" if row["arm"] is not None else "")
            for row in own
        ]
        sentences.append(f"Responders: {' and '.join(told) if len(told) == 2 else ', '.join(told)}.")
    between = [row for row in rows if row["statistic"] not in PER_ARM]
    pairs = dict.fromkeys((row["arm"], row["reference"]) for row in between)
    for pair in pairs:
        sentences += _comparison([row for row in between if (row["arm"], row["reference"]) == pair], trial, places)
    return sentences


def _comparison(rows: list[Row], trial: TrialDefinition, places: int) -> list[str]:
    """Tell the first estimated comparison with its interval, and the first test."""
    shown = next((row for row in rows if row["estimate"] is not None), None)
    tested = next((row for row in rows if row["p_value"] is not None), None)
    names = versus(trial, rows[0])
    if names == "" and rows[0]["arm"] is not None and rows[0]["reference"] is not None:
        names = f"{trial.arm_label(rows[0]['arm'])} v {trial.arm_label(rows[0]['reference'])}"
    start = f"{names}: " if names else ""
    if shown is None and tested is None:
        return [f"{start}the comparison is {NOT_ESTIMABLE}."]
    parts = []
    if shown is not None:
        label = LABELS.get(shown["statistic"], shown["statistic"].replace("_", " ")).lower()
        interval = write_interval(shown, places)
        method = f"; {shown['method']}" if shown["method"] else ""
        parts.append(f"{label} {write_value(shown, places)}" + (f" ({interval}{method})" if interval else ""))
    if tested is not None:
        method = f" ({tested['method']})" if tested["method"] and tested is not shown else ""
        parts.append(f"{write_p(tested['p_value'])}{method}")
    sentence = start + ", ".join(parts) + "."
    return [sentence[:1].upper() + sentence[1:] if not names else sentence]
