"""A broken definition gives every fault with its path, and never a traceback."""

import pytest
import yaml

from myotrial.model.errors import BadInput
from myotrial.trials.loading import parse_trial

TIS = {"measure": "tis", "at_least": 20}


def put(*path_and_value):
    *path, last, value = path_and_value

    def change(definition):
        for step in path:
            definition = definition[step]
        definition[last] = value

    return change


def drop(*path):
    *above, last = path

    def change(definition):
        for step in above:
            definition = definition[step]
        del definition[last]

    return change


def when(rule):
    return put("outcomes", 2, "variable", "when", rule)


def variable(of):
    return put("outcomes", 1, "variable", of)


def hypotheses(*tests, method="holm", **more):
    plan = {"method": method, "tests": [{"outcome": "C0"} | test for test in tests], **more}
    return put("multiplicity", plan | {"source": {"citation": "x", "status": "ours"}})


def sensitivity(entry):
    def change(definition):
        definition["outcomes"][0]["sensitivity"].append({"id": "more", "label": "More"} | entry)

    return change


def occurrence(event, **more):
    def change(definition):
        definition["outcomes"][2]["variable"] = {"kind": "occurrence", "of": event, **more}
        del definition["outcomes"][2]["missing"]

    return change


def faults_of(definition):
    with pytest.raises(BadInput) as told:
        parse_trial(yaml.safe_dump(definition, allow_unicode=True), "mine.yaml")
    return told.value.faults


BROKEN = {
    "a field is missing": (drop("sponsor"), "sponsor"),
    "a field is misspelled": (put("shedule", {}), "shedule"),
    "an arm twice": (put("arms", 1, "id", "igpro20"), "arms"),
    "two reference arms": (put("arms", 0, "reference", True), "arms"),
    "no reference arm": (put("arms", 1, "reference", False), "outcomes.0"),
    "weeks do not ascend": (put("schedule", "visits", [1, 9, 5, 25, 53]), "schedule.visits"),
    "an infinite week": (put("schedule", "visits", [1, float("inf")]), "schedule.visits.1"),
    "baseline is no visit": (put("schedule", "baseline_week", 0), "schedule.baseline_week"),
    "a period backwards": (put("schedule", "periods", 0, "weeks", [25, 1]), "schedule.periods.0.weeks"),
    "a period before all visits": (put("schedule", "periods", 0, "weeks", [-4, 0]), "schedule.periods.0.weeks"),
    "a period after all visits": (put("schedule", "periods", 1, "weeks", [60, 64]), "schedule.periods.1.weeks"),
    "a period on no arm": (put("schedule", "periods", 1, "all_on", "igpro"), "schedule.periods.1.all_on"),
    "an unknown score": (put("scores", "tiss", {"criteria": "x"}), "scores.tiss"),
    "unknown criteria": (put("scores", "tis", "criteria", "acr"), "scores.tis.criteria"),
    "an outcome twice": (put("outcomes", 1, "id", "C0"), "outcomes"),
    "an unknown population": (put("outcomes", 1, "population", "everyone"), "outcomes.1"),
    "no visit in the time frame": (put("outcomes", 1, "time_frame", {"from_week": 2, "to_week": 4}), "outcomes.1"),
    "an unknown measure": (when({"measure": "physician_global", "at_most": 2}), "outcomes.2"),
    "an unknown week": (when(TIS | {"week": 26}), "outcomes.2"),
    "an unknown event in a rule": (when({"not": {"event": "rescued"}}), "outcomes.2"),
    "an unknown kind of node": (when({"atleast": 2}), "outcomes.2.variable"),
    "two comparators": (when(TIS | {"at_most": 30}), "outcomes.2.variable"),
    "a number that is none": (when({"measure": "tis", "at_least": float("nan")}), "outcomes.2.variable"),
    "an empty list": (when({"measure": "tis", "at_least": []}), "outcomes.2.variable"),
    "a number twice": (when({"measure": "tis", "at_least": [20, 20]}), "outcomes.2.variable"),
    "lists of two lengths": (
        when({"all": [{"measure": "tis", "at_least": [20, 40]}, {"measure": "mmt", "at_least": [99, 98, 97]}]}),
        "outcomes.2",
    ),
    "more parts than there are": (when({"at_least": 3, "of": [TIS, TIS]}), "outcomes.2.variable"),
    "a change of a score": (when(TIS | {"change": "better"}), "outcomes.2"),
    "a share of a range that is none": (
        when({"measure": "ck_u_per_l", "at_least": 9, "change": "worse", "unit": "percent_of_range"}),
        "outcomes.2",
    ),
    "a summary that does not fit": (put("outcomes", 1, "summaries", [{"kind": "kaplan_meier"}]), "outcomes.1"),
    "an unknown summary": (put("outcomes", 1, "summaries", [{"kind": "gee"}]), "outcomes.1.summaries.0"),
    "a strategy that does not fit": (put("outcomes", 3, "intercurrent", {"rescue": "non_response"}), "outcomes.3"),
    "an unknown rule": (when({"rule": "relapse"}), "outcomes.2"),
    "an unknown week of a change": (
        when({"measure": "mmt", "change": "better", "at_least": 5, "from_week": 24}),
        "outcomes.2",
    ),
    "a week to count from without a change": (when(TIS | {"from_week": 25}), "outcomes.2.variable"),
    "too few visits to confirm": (when({"confirmed": TIS, "visits": 1}), "outcomes.2.variable"),
    "something ever that is nothing": (when({"ever": {"measure": "tiss", "at_least": 1}}), "outcomes.2"),
    "an unknown measure of a population": (
        put("populations", 1, "where", {"measure": "weight", "at_least": 1}),
        "populations.1",
    ),
    "an unknown rule by name": (put("rules", "worsening", {"criteria": "worse"}), "rules.worsening.criteria"),
    "a rule that is nothing": (put("rules", "worsening", {}), "rules.worsening"),
    "a rule's option out of range": (
        put("rules", "worsening", {"criteria": "worsening-proderm", "options": {"physician_cm": 11}}),
        "rules.worsening.options",
    ),
    "an unknown subgroup": (put("outcomes", 0, "subgroups", ["weight"]), "outcomes.0"),
    "a subgroup by nothing": (put("subgroups", 0, "by", "weight"), "subgroups.0.by"),
    "cuts that do not ascend": (put("subgroups", 1, "cuts", [65, 50]), "subgroups.1.cuts"),
    "a sensitivity analysis in no population": (
        put("outcomes", 0, "sensitivity", 1, "population", "everyone"),
        "outcomes.0",
    ),
    "a sensitivity analysis that does not fit": (
        put("outcomes", 0, "sensitivity", 0, "missing", "observed"),
        "outcomes.0",
    ),
    "imputation without its seed": (
        put("outcomes", 0, "sensitivity", 4, "imputation", {"method": "mar"}),
        "outcomes.0.sensitivity.4.imputation",
    ),
    "imputation that nobody asked for": (put("outcomes", 0, "imputation", {"seed": 1}), "outcomes.0"),
    "a band without a number": (
        put("outcomes", 1, "summaries", [{"kind": "categories", "bands": [{"label": "more"}]}]),
        "outcomes.1.summaries.0",
    ),
    "hypotheses of nothing": (
        put(
            "multiplicity",
            {
                "method": "holm",
                "source": {"citation": "x", "status": "ours"},
                "tests": [{"outcome": "C0", "statistic": "cmh"}, {"outcome": "X", "statistic": "cmh"}],
            },
        ),
        "multiplicity.tests.1.outcome",
    ),
    "a graph without its weights": (
        put(
            "multiplicity",
            {
                "method": "graphical",
                "source": {"citation": "x", "status": "ours"},
                "tests": [{"outcome": "C0", "statistic": "cmh"}, {"outcome": "C28", "statistic": "x"}],
            },
        ),
        "multiplicity.weights",
    ),
    "the same hypothesis twice": (hypotheses({"statistic": "cmh"}, {"statistic": "cmh"}), "multiplicity.tests.1"),
    "a hypothesis of the reference": (
        hypotheses({"statistic": "cmh"}, {"statistic": "fisher", "arm": "placebo"}),
        "multiplicity.tests.1.arm",
    ),
    "weights without a graph": (
        hypotheses({"statistic": "cmh"}, {"statistic": "fisher"}, weights=[0.5, 0.5]),
        "multiplicity",
    ),
    "a graph that gives to itself": (
        hypotheses(
            {"statistic": "cmh"},
            {"statistic": "fisher"},
            method="graphical",
            weights=[1, 0],
            transitions=[[1, 0], [1, 0]],
        ),
        "multiplicity.transitions",
    ),
    "a sensitivity analysis twice": (sensitivity({"id": "excluded", "population": "assessed"}), "outcomes.0 (C0).sens"),
    "a sensitivity analysis of nothing": (sensitivity({}), "outcomes.0 (C0).sensitivity.6 (more)"),
    "a covariate of a sensitivity analysis": (
        sensitivity({"summaries": [{"kind": "logistic", "covariates": ["tis"]}]}),
        "outcomes.0 (C0).sensitivity.6 (more).summaries.0.covariates",
    ),
    "a covariate of an imputation": (
        put("outcomes", 0, "sensitivity", 4, "imputation", "covariates", ["weight"]),
        "outcomes.0 (C0).sensitivity.4 (imputed-mar).imputation.covariates",
    ),
    "a sensitivity analysis misspelled": (
        put("outcomes", 0, "sensitivity", 0, "mising", "excluded"),
        "outcomes.0.sensitivity.0.mising",
    ),
    "a rule of several numbers": (
        put("rules", "weak", {"when": {"measure": "mmt", "at_most": [100, 120]}}),
        "rules.weak.when",
    ),
    "a rule that rests on a rule": (put("rules", "worse", {"when": {"rule": "worsening"}}), "rules.worse.when"),
    "a rule in an unknown week": (
        put("rules", "weak", {"when": {"measure": "mmt", "at_most": 100, "week": 2}}),
        "rules.weak.when",
    ),
    "a population of several numbers": (
        put("populations", 1, "where", {"measure": "mmt", "at_most": [100, 120]}),
        "populations.1 (assessed).where",
    ),
    "a population by a score at baseline": (put("populations", 1, "where", TIS), "populations.1 (assessed).where"),
    "a population by a rule at baseline": (
        put("populations", 1, "where", {"not": {"rule": "worsening"}}),
        "populations.1 (assessed).where",
    ),
    "a condition of the wrong kind": (put("populations", 1, "where", "everybody"), "populations.1.where"),
    "throughout from an unknown week": (when({"throughout": TIS, "since": 7}), "outcomes.2 (C25).variable"),
    "a change to an earlier week": (
        when({"measure": "mmt", "change": "better", "at_least": 5, "week": 25, "from_week": 29}),
        "outcomes.2 (C25).variable",
    ),
    "a change from a week that is judged": (
        variable({"kind": "change", "of": "mmt", "from_week": 9}),
        "outcomes.1 (C14).variable.from_week",
    ),
    "a change of nothing": (variable({"kind": "change", "of": []}), "outcomes.1 (C14).variable.of"),
    "a measure twice": (variable({"kind": "change", "of": ["mmt", "mmt"]}), "outcomes.1 (C14).variable.of"),
    "a variable of no kind": (variable({"of": "mmt"}), "outcomes.1.variable"),
    "a band twice": (
        put(
            "outcomes",
            1,
            "summaries",
            [{"kind": "categories", "bands": [{"label": "more", "at_least": 1}, {"label": "more", "at_least": 2}]}],
        ),
        "outcomes.1 (C14).summaries.0.bands",
    ),
    "a rescue that is serious": (
        occurrence("rescue", where={"serious": True}),
        "outcomes.2 (C25).variable.where",
    ),
    "shifts of a response": (put("outcomes", 0, "tipping_point", {"deltas": [5]}), "outcomes.0 (C0).tipping_point"),
    "no shifts of a value": (put("outcomes", 1, "tipping_point", {}), "outcomes.1 (C14).tipping_point.deltas"),
    "an unknown table of doses": (put("glucocorticoid", "table", "mine"), "glucocorticoid.table"),
    "an unknown option of doses": (put("glucocorticoid", "options", {"mine": 1}), "glucocorticoid.options.mine"),
    "windows backwards": (
        put("schedule", "windows", {"days_before": -1, "days_after": 3}),
        "schedule.windows.days_before",
    ),
    "an unknown route": (put("glucocorticoid", "routes", ["mouth"]), "glucocorticoid.routes"),
    "an unknown event": (put("outcomes", 0, "intercurrent", {"relapse": "non_response"}), "outcomes.0"),
    "a missing rule that does not fit": (put("outcomes", 1, "missing", "non_response"), "outcomes.1"),
    "an unknown covariate": (put("outcomes", 4, "summaries", 0, "covariates", ["age"]), "outcomes.4"),
    "an occurrence of nothing known": (occurrence("relapse"), "outcomes.2 (C25).variable.of"),
    "an occurrence from a week on": (occurrence("rescue"), "outcomes.2 (C25).time_frame.from_week"),
    "arms that are no list": (put("arms", "two"), "arms"),
    "outcomes that are nothing": (put("outcomes", None), "outcomes"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_stands_at_its_path(definition, name):
    change, path = BROKEN[name]
    change(definition)
    found = faults_of(definition)
    assert all(fault.code == "definition" and fault.file == "mine.yaml" and fault.message for fault in found)
    assert any(str(fault.column).startswith(path) for fault in found), [fault.column for fault in found]


def test_many_faults_are_told_at_once(definition, snapshot):
    names = ("a field is misspelled", "two comparators", "an unknown summary", "a strategy that does not fit")
    for name in names:
        BROKEN[name][0](definition)
    definition["design"]["masking"] = "secret"
    definition["arms"][0]["ratio"] = 0
    definition["outcomes"][5]["variable"]["of_what"] = "tis"
    with pytest.raises(BadInput) as told:
        parse_trial(yaml.safe_dump(definition), "mine.yaml")
    assert str(told.value) == snapshot


def test_faults_between_the_parts_are_told_at_once(definition, snapshot):
    names = (
        "baseline is no visit",
        "an unknown population",
        "an unknown measure",
        "a period on no arm",
        "unknown criteria",
    )
    for name in names:
        BROKEN[name][0](definition)
    with pytest.raises(BadInput) as told:
        parse_trial(yaml.safe_dump(definition), "mine.yaml")
    assert str(told.value) == snapshot


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_definition"),
        ("- a\n- b\n", "not_a_definition"),
        ("42", "not_a_definition"),
        ("id: [", "not_yaml"),
        ("id: 2020-13-45", "not_yaml"),
        ("id: \x00", "not_yaml"),
        ("!!python/object:os.system x", "not_yaml"),
        ("on: 1\nid: x", "definition"),
        ("1: 2", "definition"),
        ("id: &a [*a]", "definition"),
    ],
)
def test_text_that_is_no_definition(text, code):
    with pytest.raises(BadInput) as told:
        parse_trial(text)
    assert told.value.faults[0].code == code
