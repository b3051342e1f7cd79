"""Rules in three values, against a plain evaluator over every way the unknown could have turned out."""

import operator
import random
from itertools import product

import numpy as np
import pytest
from pydantic import TypeAdapter

from myotrial.model.condition import Condition
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate

HOLDS = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "equals": operator.eq,
}
POSSIBLE = [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0]
"""What a measure can be; the thresholds lie among them, so every answer can be had."""
KNOWN_ABOUT = [0.0, 0.5, 1.0, 1.5, 2.0, (0.5, 1.5), (1.0, 2.0), (0.0, 0.5), np.nan]
"""What can be known of a measure: its value, an interval, nothing."""


def rule(text):
    return TypeAdapter(Condition).validate_python(text)


def plain(tree, values):
    """Evaluate a rule, as a mapping, where everything is known."""
    if "measure" in tree:
        (name,) = set(tree) & set(HOLDS)
        return HOLDS[name](values[tree["measure"]], tree[name])
    if "all" in tree:
        return all(plain(part, values) for part in tree["all"])
    if "any" in tree:
        return any(plain(part, values) for part in tree["any"])
    if "not" in tree:
        return not plain(tree["not"], values)
    number = sum(plain(part, values) for part in tree["of"])
    return number >= tree["at_least"] if "at_least" in tree else number <= tree["at_most"]


def over_completions(tree, known):
    """Return the answer that all completions share, else UNKNOWN."""
    answers = set()
    names = list(known)
    ways = [
        POSSIBLE if np.isnan(np.max(cell)) else [v for v in POSSIBLE if np.min(cell) <= v <= np.max(cell)]
        for cell in known.values()
    ]
    for values in product(*ways):
        answers.add(plain(tree, dict(zip(names, values, strict=True))))
        if len(answers) == 2:
            return UNKNOWN
    return MET if answers.pop() else NOT_MET


def random_tree(rng, names, depth):
    """Return a rule in which each measure stands once."""
    if len(names) == 1 and (depth == 0 or rng.random() < 0.7):
        return {"measure": names[0], rng.choice(list(HOLDS)): rng.choice([0.0, 0.5, 1.0, 1.5, 2.0])}
    if rng.random() < 0.2 and depth:
        return {"not": random_tree(rng, names, depth - 1)}
    parts = split(rng, names)
    below = [random_tree(rng, part, max(depth - 1, 0)) for part in parts]
    kind = rng.choice(["all", "any", "at_least", "at_most"])
    return {kind: below} if kind in {"all", "any"} else {kind: rng.randrange(len(below) + 1), "of": below}


def split(rng, names):
    if len(names) == 1:
        return [names]
    cuts = sorted(rng.sample(range(1, len(names)), rng.randrange(1, min(4, len(names)))))
    return [names[low:high] for low, high in zip([0, *cuts], [*cuts, len(names)], strict=True)]


@pytest.mark.parametrize("seed", range(12))
def test_unknown_where_and_only_where_the_completions_disagree(panel, seed):
    rng = random.Random(seed)  # noqa: S311
    names = ["a", "b", "c", "d"][: rng.randrange(1, 5)]
    for _ in range(6):
        tree = random_tree(rng, names, 3)
        subjects = [{name: rng.choice(KNOWN_ABOUT) for name in names} for _ in range(25)]
        study = panel({name: [[subject[name]] for subject in subjects] for name in names})
        found = evaluate(rule(tree), study, [0])[:, 0].tolist()
        assert found == [over_completions(tree, subject) for subject in subjects], tree


@pytest.mark.parametrize("bound", ["at_least", "at_most"])
@pytest.mark.parametrize("number", range(5))
def test_counts_of_parts(panel, bound, number):
    tree = {bound: number, "of": [{"measure": name, "at_least": 1} for name in "abcd"]}
    known = list(product([0.0, 1.0, np.nan], repeat=4))
    study = panel({name: [[row[place]] for row in known] for place, name in enumerate("abcd")})
    found = evaluate(rule(tree), study, [0])[:, 0].tolist()
    assert found == [over_completions(tree, dict(zip("abcd", row, strict=True))) for row in known]


def test_a_leaf_with_a_week_looks_at_that_week(panel):
    study = panel({"a": [[0.0, 5.0, 1.0], [0.0, np.nan, 9.0]]})
    assert evaluate(rule({"measure": "a", "at_least": 3, "week": 4}), study, [1, 2]).tolist() == [[2, 2], [1, 1]]
    assert evaluate(rule({"measure": "a", "at_least": 3}), study, [1, 2]).tolist() == [[2, 0], [1, 2]]


def test_an_event_on_the_day_of_the_visit_comes_after_it(panel):
    study = panel({"a": [[0.0, 0.0]] * 3}, first_day={"rescue": [28, 29, np.inf]})  # the second visit is on day 29
    happened = {"event": "rescue"}
    assert evaluate(rule(happened), study, [0, 1]).tolist() == [[0, 2], [0, 0], [0, 0]]
    assert evaluate(rule({"not": happened}), study, [0, 1]).tolist() == [[2, 0], [2, 2], [2, 2]]
    assert evaluate(rule(happened | {"week": 4}), study, [0]).tolist() == [[2], [0], [0]]
    assert evaluate(rule({"event": "death"}), study, [1]).tolist() == [[0], [0], [0]]


def test_an_interval_that_touches_the_threshold(panel):
    study = panel({"a": [[(20.0, 37.5)], [(17.5, 20.0)], [(0.0, 17.5)], [(20.0, 20.0)]]})
    answers = {
        "at_least": [MET, UNKNOWN, NOT_MET, MET],
        "more_than": [UNKNOWN, NOT_MET, NOT_MET, NOT_MET],
        "at_most": [UNKNOWN, MET, MET, MET],
        "less_than": [NOT_MET, UNKNOWN, MET, NOT_MET],
        "equals": [UNKNOWN, UNKNOWN, NOT_MET, MET],
    }
    for name, right in answers.items():
        assert evaluate(rule({"measure": "a", name: 20}), study, [0])[:, 0].tolist() == right
