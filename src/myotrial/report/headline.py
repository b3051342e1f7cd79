"""The primary outcome in words and numbers."""

from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.findings import gather, versus
from myotrial.report.kinds import SPREAD, is_per_arm, kind_of
from myotrial.report.labels import arm_name, decimals, part_label
from myotrial.report.numbers import NOT_ESTIMABLE, write_p, write_percent
from myotrial.report.words import Row, known, write_interval, write_value
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

FIRST_TESTS = {"cmh", "log_rank"}
"""The tests that are told where there are several p-values."""


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
    methods: tuple[str, ...]
    warnings: tuple[str, ...]


def headlines(trial: TrialDefinition, results: Results) -> list[Headline]:
    """Return the primary outcomes, one headline for each part and level at the last visit."""
    found = []
    for outcome in trial.outcomes:
        if outcome.role != "primary":
            continue
        groups = gather(results.outcome(outcome.id).to_dicts(), lambda row: (row["part"], row["level"]))
        for (part, level), rows in (groups or {(None, None): []}).items():
            last = [row for row in rows if row["week"] == rows[-1]["week"]]
            label = ", ".join(text for text in (part_label(part), level) if text)
            found.append(_headline(trial, outcome, label, last))
    return found


def _headline(trial: TrialDefinition, outcome: Outcome, level: str, rows: list[Row]) -> Headline:
    places = decimals(trial, outcome.id, rows[0]["part"] if rows else None)
    compared = [_comparison(part, trial, places) for part in _pairs(rows)]
    return Headline(
        id=outcome.id,
        title=outcome.name,
        time_frame=outcome.registered.time_frame if outcome.registered else "",
        derivation=outcome.derivation,
        level=level,
        tiles=tuple(_tiles(trial, rows, places)),
        sentences=(*_responders(trial, rows), *(sentence for sentence, _ in compared)),
        methods=tuple(dict.fromkeys(method for _, methods in compared for method in methods)),
        warnings=tuple(dict.fromkeys(row["warnings"] for row in rows if row["warnings"])),
    )


def _tiles(trial: TrialDefinition, rows: list[Row], places: int) -> list[Tile]:
    """Return a tile for each arm with the first statistic that the arms have."""
    own = [row for row in rows if is_per_arm(row["statistic"]) and row["statistic"] not in SPREAD]
    return [_tile(trial, row, places) for row in own if row["statistic"] == own[0]["statistic"]]


def _tile(trial: TrialDefinition, row: Row, places: int) -> Tile:
    arm = arm_name(trial, row["arm"])
    if not known(row["estimate"]):
        return Tile(arm, NOT_ESTIMABLE, f"n = {row['n']}")
    if row["statistic"] == "proportion":
        counts = "" if row["n_event"] is None else f"{row['n_event']} of {row['n']}"
        return Tile(arm, write_percent(row["estimate"]), _joined(counts, write_interval(row, places)))
    detail = _joined(kind_of(row["statistic"]).label, write_interval(row, places), f"n = {row['n']}")
    return Tile(arm, write_value(row, places), detail)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _responders(trial: TrialDefinition, rows: list[Row]) -> list[str]:
    told = [
        f"{row['n_event']} of {row['n']} subjects ({write_percent(row['estimate'], missing=NOT_ESTIMABLE)})"
        + (f" with {arm_name(trial, row['arm'])}" if row["arm"] is not None and len(trial.arms) > 1 else "")
        for row in rows
        if row["statistic"] == "proportion" and row["n_event"] is not None
    ]
    return [f"Responders: {' and '.join(told) if len(told) == 2 else ', '.join(told)}."] if told else []


def _pairs(rows: list[Row]) -> list[list[Row]]:
    """Return the comparisons, those of the same two arms together."""
    pairs: dict[tuple[str | None, str | None], list[Row]] = {}
    for row in rows:
        if not is_per_arm(row["statistic"]):
            pairs.setdefault((row["arm"], row["reference"]), []).append(row)
    return list(pairs.values())


def _comparison(rows: list[Row], trial: TrialDefinition, places: int) -> tuple[str, list[str]]:
    """Tell the first estimated comparison with its interval, and the first test."""
    shown = next((row for row in rows if known(row["estimate"]) and not kind_of(row["statistic"]).always_test), None)
    with_p = [row for row in rows if row["p_value"] is not None]
    tested = next((row for row in with_p if row["statistic"] in FIRST_TESTS), with_p[0] if with_p else None)
    names = versus(trial, rows[0])
    if names == "" and rows[0]["arm"] is not None and rows[0]["reference"] is not None:
        names = f"{arm_name(trial, rows[0]['arm'])} v {arm_name(trial, rows[0]['reference'])}"
    start = f"{names}: " if names else ""
    if shown is None and tested is None:
        return f"{start}the comparison is {NOT_ESTIMABLE}.", []
    parts = []
    if shown is not None:
        label = kind_of(shown["statistic"]).label
        label = label[:1].lower() + label[1:]
        interval = write_interval(shown, places)
        parts.append(f"{label} {write_value(shown, places)}" + (f" ({interval})" if interval else ""))
    if tested is not None:
        parts.append(write_p(tested["p_value"]))
    methods = dict.fromkeys(row["method"] for row in (shown, tested) if row is not None and row["method"])
    return f"{start}{', '.join(parts)}.", list(methods)
