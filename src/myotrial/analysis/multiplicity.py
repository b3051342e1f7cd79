"""The hypotheses of a definition with their p-values, adjusted so that the error rate is kept over all of them."""

from collections.abc import Sequence

from myotrial.analysis.groups import Row
from myotrial.statistics.multiplicity import Graph, adjust_by_graph, adjust_fixed_sequence, adjust_p_values
from myotrial.statistics.multiplicity.result import MultipleTest
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.parts import Multiplicity, Test


def adjust(trial: TrialDefinition, rows: Sequence[Row]) -> list[Row]:
    """Return one row per hypothesis of the definition, in its order; none where it names none.

    Parameters
    ----------
    trial
        The definition.
    rows
        The result rows of its outcomes.

    Notes
    -----
    A hypothesis without a p-value cannot be rejected: it counts as p = 1, and that is said. In a fixed sequence it ends
    the testing.
    """
    plan = trial.multiplicity
    if plan is None:
        return []
    found = [_find(trial, test, rows) for test in plan.tests]
    p_values = [1.0 if row is None or row["p_value"] is None else float(row["p_value"]) for row in found]
    decided = _decide(plan, p_values)
    table = []
    for place, (test, row) in enumerate(zip(plan.tests, found, strict=True)):
        missing = row is None or row["p_value"] is None
        why = "no result row fits" if row is None else "it has no p-value" if missing else None
        table.append(
            {
                "order": place + 1,
                "outcome": test.outcome,
                "title": trial.outcome(test.outcome).name,
                "statistic": test.statistic,
                "week": row["week"] if row else test.week,
                "level": row["level"] if row else test.level,
                "part": row["part"] if row else test.part,
                "arm": row["arm"] if row else test.arm,
                "p_value": None if missing else p_values[place],
                "adjusted_p_value": decided.adjusted[place],
                "alpha": plan.alpha,
                "rejected": decided.rejected[place] and not missing,
                "method": decided.method,
                "note": why,
            }
        )
    return table


def _find(trial: TrialDefinition, test: Test, rows: Sequence[Row]) -> Row | None:
    """Return the main row that a hypothesis means: at the last visit where it names none, of several the first."""
    wanted = {"outcome": test.outcome, "statistic": test.statistic, "analysis": "main"}
    wanted |= {name: value for name in ("week", "level", "part", "arm") if (value := getattr(test, name)) is not None}
    fitting = [
        row
        for row in rows
        if row.get("subgroup") is None
        and row["arm"] != trial.reference
        and all(row[name] == value for name, value in wanted.items())
    ]
    last = [row for row in fitting if row["week"] == max(each["week"] for each in fitting)]
    return next((row for row in last if row["p_value"] is not None), last[0] if last else None)


def _decide(plan: Multiplicity, p_values: list[float]) -> MultipleTest:
    names = [test.outcome for test in plan.tests]
    if plan.method == "fixed_sequence":
        return adjust_fixed_sequence(p_values, alpha=plan.alpha)
    if plan.method == "graphical":
        graph = Graph(plan.weights, plan.transitions, [f"{place + 1}: {name}" for place, name in enumerate(names)])
        return adjust_by_graph(graph, p_values, alpha=plan.alpha)
    return adjust_p_values(p_values, plan.method, alpha=plan.alpha)
