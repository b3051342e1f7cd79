"""The hypotheses of a definition, with their p-values as they are and adjusted."""

from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.findings import visit_label
from myotrial.report.kinds import kind_of
from myotrial.report.labels import part_label
from myotrial.report.numbers import NO_VALUE, write_p
from myotrial.report.words import Row
from myotrial.trials.definition import TrialDefinition

METHODS = {
    "fixed_sequence": "Fixed sequence: tested in this order, until one is not rejected",
    "bonferroni": "Bonferroni",
    "holm": "Holm",
    "hochberg": "Hochberg",
    "graphical": "Graphical procedure",
}
"""Method of a definition → its name in the table."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One line of the table of hypotheses."""

    order: str
    outcome: str
    title: str
    tested: str
    p_value: str
    adjusted: str
    decision: str
    note: str


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """The table: its lines, how the error rate is kept, and at what level."""

    rows: tuple[Hypothesis, ...]
    method: str
    alpha: str


def hypothesis_rows(trial: TrialDefinition, results: Results) -> Hypotheses | None:
    """Return the hypotheses in their order; ``None`` where the definition has none."""
    rows = results.multiplicity.to_dicts()
    if not rows:
        return None
    plan = trial.multiplicity
    method = METHODS[plan.method] if plan else str(rows[0]["method"])
    return Hypotheses(tuple(_hypothesis(row) for row in rows), method, f"{rows[0]['alpha']:g}")


def _hypothesis(row: Row) -> Hypothesis:
    kind = kind_of(row["statistic"])
    name = kind.test or kind.label
    place = visit_label(row["level"], row["week"], [row])
    parts = [name, part_label(row["part"]), place[:1].lower() + place[1:]]
    return Hypothesis(
        order=str(row["order"]),
        outcome=row["outcome"],
        title=row["title"],
        tested=", ".join(part for part in parts if part),
        p_value=NO_VALUE if row["p_value"] is None else write_p(row["p_value"]),
        adjusted=NO_VALUE if row["adjusted_p_value"] is None else write_p(row["adjusted_p_value"]),
        decision="rejected" if row["rejected"] else "not rejected",
        note=row["note"] or "",
    )
