"""Multiple testing against R, published examples and a closed test written out by brute force."""

import csv
import math
from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.statistics.multiplicity import (
    Graph,
    adjust_by_closure,
    adjust_by_graph,
    adjust_fallback,
    adjust_fixed_sequence,
    adjust_p_values,
)

DESIGN = Path(__file__).resolve().parents[1] / "reference" / "design" / "r_figures.csv"
# Two doses, two endpoints: the motivating example of the graphicalMCP documentation (shortcut testing).
TWO_DOSES = Graph(["1/2", "1/2", 0, 0], [[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]])
p_lists = st.lists(st.integers(0, 400).map(lambda k: k / 4000), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def r_figures():
    figures = defaultdict(dict)
    with DESIGN.open() as file:
        for row in csv.DictReader(file):
            figures[row["case"]][row["quantity"]] = float(row["value"])
    return figures


def brute_force(p, weights_of, local):
    """Return adjusted p-values of a closed test: every intersection, by plain loops over subsets."""
    m = len(p)
    adjusted = [Fraction(0)] * m
    for size in range(1, m + 1):
        for inside in combinations(range(m), size):
            weights = weights_of(inside)
            if local == "bonferroni":
                values = [p[i] / w for i, w in zip(inside, weights, strict=True) if w > 0]
            else:
                values = []
                for i in inside:
                    total = sum(w for j, w in zip(inside, weights, strict=True) if p[j] <= p[i])
                    values += [p[i] / total] if total > 0 else []
            local_p = min([*values, Fraction(1)])
            for i in inside:
                adjusted[i] = max(adjusted[i], local_p)
    return [float(value) for value in adjusted]


def equal_weights(inside):
    return [Fraction(1, len(inside))] * len(inside)


@pytest.mark.parametrize("method", ["bonferroni", "holm", "hochberg", "hommel"])
def test_adjusted_p_values_of_r(r_figures, method):
    p = [0.0121, 0.0042, 0.9, 0.03, 0.0142, 0.5, 0.0001]
    assert adjust_p_values(p, method).adjusted == pytest.approx(
        list(r_figures[f"p.adjust {method}"].values()), rel=1e-12
    )


@settings(max_examples=20)
@given(p_lists, st.sampled_from(["bonferroni", "holm", "hochberg", "hommel"]), st.sampled_from([0.05, 0.025, 0.01]))
def test_decisions_follow_from_adjusted_p_values(p, method, alpha):
    result = adjust_p_values(p, method, alpha=alpha)
    for rejected, adjusted in zip(result.rejected, result.adjusted, strict=True):
        if not math.isclose(adjusted, alpha, rel_tol=1e-9):
            assert rejected == (adjusted <= alpha)


@settings(max_examples=10)
@given(p_lists)
def test_holm_and_hommel_are_closed_tests(p):
    exact = [Fraction(str(value)) for value in p]
    assert adjust_p_values(p, "holm").adjusted == pytest.approx(brute_force(exact, equal_weights, "bonferroni"))
    assert adjust_p_values(p, "hommel").adjusted == pytest.approx(brute_force(exact, equal_weights, "simes"))


def test_edges_are_exact():
    """0.1 / 3 and 0.3 / 9 are the same level; as doubles 3 × 0.1 is above 0.3."""
    assert adjust_p_values([0.1, 0.1, 0.1], "bonferroni", alpha=0.3).rejected == (True, True, True)
    third = Graph([1 / 3, 1 / 3, 1 / 3], [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    result = adjust_by_graph(third, [0.025 / 3 - 1e-9, 0.0125, 0.025])
    assert result.rejected == (True, True, True)
    assert adjust_by_graph(third, [0.025 / 3 - 1e-9, 0.0125, 0.0250000001]).rejected == (True, True, False)


def test_example_of_graphicalmcp():
    """Printed in the package's documentation, 'Sequentially rejective ... Bonferroni tests'."""
    result = adjust_by_graph(TWO_DOSES, [0.018, 0.01, 0.105, 0.006], alpha=0.025)
    assert result.adjusted == pytest.approx((0.024, 0.020, 0.105, 0.024), abs=1e-12)
    assert result.rejected == (True, True, False, True)
    assert [step.split(":")[0] for step in result.steps] == ["H2", "H1", "H4", "H3"]
    assert "0.75 × 0.025" in result.steps[1]
    after = TWO_DOSES.without("H2").without("H1")
    assert after.to_dict() == {
        "names": ["H3", "H4"],
        "weights": ["1/2", "1/2"],
        "transitions": [["0", "1"], ["1", "0"]],
    }
    other = TWO_DOSES.without("H2").without("H4")
    assert other.to_dict() == {"names": ["H1", "H3"], "weights": ["1", "0"], "transitions": [["0", "1"], ["1", "0"]]}


def test_closed_example_of_graphicalmcp():
    """Printed in the package's documentation, 'based on the closure principle' (two doses, three endpoints)."""
    e = 1e-5
    graph = Graph(
        [0.5, 0.5, 0, 0, 0, 0],
        [
            [0, 0.5, 0.25, 0, 0.25, 0],
            [0.5, 0, 0, 0.25, 0, 0.25],
            [0, 0, 0, 0, 1, 0],
            [e, 0, 0, 0, 0, 1 - e],
            [0, e, 1 - e, 0, 0, 0],
            [0, 0, 0, 1, 0, 0],
        ],
    )
    p = [0.015, 0.013, 0.01, 0.007, 0.1, 0.0124]
    for result in (adjust_by_closure(graph, p), adjust_by_graph(graph, p)):
        assert result.adjusted == pytest.approx((0.026, 0.026, 0.028, 0.028, 0.1, 0.028), abs=1e-12)
        assert not any(result.rejected)


@st.composite
def graphs(draw):
    m = draw(st.integers(1, 5))

    def shares(size):
        parts = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
        total = max(1, sum(parts) + draw(st.integers(0, 2)))
        return [Fraction(part, total) for part in parts]

    rows = [shares(m - 1) for _ in range(m)]
    transitions = [[*row[:at], Fraction(0), *row[at:]] for at, row in enumerate(rows)]
    p = draw(st.lists(st.integers(0, 200).map(lambda k: Fraction(k, 2000)), min_size=m, max_size=m))
    return Graph(shares(m), transitions), p


def intersection_weights(graph, inside):
    """Weights of an intersection by the removal in a random order, one hypothesis at a time."""
    order = [name for at, name in enumerate(graph.names) if at not in inside]
    for name in np.random.default_rng(len(inside)).permutation(order).tolist():
        graph = graph.without(name)
    return graph.weights


@settings(max_examples=30)
@given(graphs(), st.sampled_from([0.025, 0.05]))
def test_walk_is_the_closed_test(case, alpha):
    graph, p = case
    expected = brute_force(p, lambda inside: intersection_weights(graph, inside), "bonferroni")
    walk, closed = adjust_by_graph(graph, p, alpha=alpha), adjust_by_closure(graph, p, alpha=alpha)
    assert walk.adjusted == pytest.approx(expected, abs=1e-12)
    assert closed.adjusted == pytest.approx(expected, abs=1e-12)
    assert walk.rejected == closed.rejected
    simes = adjust_by_closure(graph, p, alpha=alpha, local="simes")
    assert simes.adjusted == pytest.approx(
        brute_force(p, lambda inside: intersection_weights(graph, inside), "simes"), abs=1e-12
    )
    assert all(a <= b + 1e-12 for a, b in zip(simes.adjusted, walk.adjusted, strict=True))


def test_many_at_once_agrees_with_one_at_a_time():
    p = np.random.default_rng(5).uniform(0, 0.06, size=(300, 4))
    many = TWO_DOSES.reject_many(p, 0.025)
    assert many.tolist() == [list(adjust_by_graph(TWO_DOSES, row).rejected) for row in p.tolist()]


def test_familywise_error_is_kept():
    """Independent tests of four true hypotheses: 20,000 trials, Monte-Carlo error 0.0011."""
    p = np.random.default_rng(11).uniform(size=(20_000, 4))
    assert TWO_DOSES.reject_many(p, 0.025).any(axis=1).mean() == pytest.approx(0.0248, abs=0.0035)


def test_fixed_sequence_and_fallback():
    assert adjust_fixed_sequence([0.01, 0.06, 0.001], alpha=0.05).rejected == (True, False, False)
    # Wiens and Dmitrienko 2005: the weights 1/2, 1/4, 1/4 of 0.05; a rejected one hands its level to the next
    assert adjust_fallback([0.03, 0.012, 0.03], ["1/2", "1/4", "1/4"], alpha=0.05).rejected == (False, True, False)
    assert adjust_fallback([0.02, 0.03, 0.05], ["1/2", "1/4", "1/4"], alpha=0.05).rejected == (True, True, True)


def test_given_weights_equal_those_of_the_graph():
    table = TWO_DOSES.intersection_weights()
    p = [0.018, 0.01, 0.105, 0.006]
    assert adjust_by_closure(table, p) == adjust_by_closure(TWO_DOSES, p)


def test_every_fault_of_a_graph_at_once():
    with pytest.raises(ValueError, match=r"weights: got a sum of") as caught:
        Graph([0.7, 0.7, 0], [[0.5, 0, 0], [0.6, 0, 0.6], [0, 0]], ["A", "B", "C"])
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("transitions, A → A")
    assert lines[2].startswith("transitions, B: got a sum of 1.2")
    assert lines[3].startswith("transitions, C: got 2 numbers")
    with pytest.raises(ValueError, match=r"got -0\.1") as caught:
        Graph([-0.1, "x"], [[0, 1], [1, math.nan]], ["A", "A"])
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adjust_p_values([0.1, math.nan]), "position 2: got nan"),
        (lambda: adjust_p_values([]), "hypotheses: got none"),
        (lambda: adjust_p_values([0.1], alpha=0), "alpha: got 0"),
        (lambda: adjust_p_values([0.1], "sidak"), "method: got 'sidak'"),
        (lambda: adjust_p_values([0.1, 0.2], names=["A"]), "names: got 1"),
        (lambda: adjust_by_graph(TWO_DOSES, [0.1]), "p_values: got 1; expected 4"),
        (lambda: adjust_by_closure(TWO_DOSES, [0.1]), "names: got 4"),
        (lambda: adjust_by_closure({(0,): [1.0]}, [0.1, 0.2]), r"none for the intersection \(1,\)"),
        (lambda: TWO_DOSES.without("H9"), "name: got 'H9'"),
        (lambda: TWO_DOSES.reject_many([0.1]), "shape"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_hypothesis_without_weight_is_never_rejected():
    result = adjust_by_graph(Graph([1, 0], [[0, 0], [0, 0]]), [0.5, 0.0])
    assert result.rejected == (False, False)
    assert result.adjusted == (0.5, 1.0)
    assert "H2: no weight ever comes there" in adjust_by_graph(Graph([1, 0], [[0, 0], [0, 0]]), [0.0, 0.0]).steps[-1]


def test_it_prints_itself():
    result = adjust_by_graph(TWO_DOSES, [0.018, 0.01, 0.105, 0.006])
    assert repr(result).startswith("MultipleTest: 3 of 4 rejected at 0.025 (H1, H2, H4)")
    assert "1. H2: p = 0.01 ≤ 0.5 × 0.025 = 0.0125: rejected; of its weight 0.5 go 0.25 to H1, 0.25 to H4" in str(
        result
    )
    assert "<caption>" in result._repr_html_()
    assert result.to_dict()["rejected"] == [True, True, False, True]
