"""Results print themselves, say what they rest on, and refuse options that are not possible."""

import json
import pickle

import polars as pl
import pytest

from myotrial.criteria.classification import cancer, course, diseases, iim
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.data import data_sha256
from myotrial.model.errors import BadInput

ALL = {
    "antisynthetase": diseases.classify_antisynthetase,
    "bohan-peter-1975": diseases.classify_bohan_peter,
    "cancer-associated": cancer.classify_cancer_associated,
    "chronic-active": course.classify_chronic_active,
    "eular-acr-2017": iim.classify_iim,
    "imnm-enmc-2016": diseases.classify_imnm,
    "overlap": diseases.classify_overlap,
    "refractory": diseases.is_refractory,
    "relevant-improvement": course.classify_relevant_improvement,
}


def test_every_classification_has_its_function():
    assert list_classifications() == tuple(ALL)
    with pytest.raises(BadInput, match=r"did you mean overlap\?"):
        load_classification("overlaps")


@pytest.mark.parametrize("name", ALL)
def test_nothing_known_decides_nothing(name):
    found = ALL[name](pl.DataFrame({"subject_id": ["<A>", "B"]}))
    assert repr(found) == f"Classified({name}: 2 subjects; undecided 2)"
    assert found.to_frame()["subject_id"].to_list() == ["<A>", "B"]
    assert "&lt;A&gt;" in found._repr_html_()
    assert set(found.ask_next()["subject_id"]) == {"<A>", "B"}
    assert found.items().height == 2 * found.items()["item"].n_unique()
    told = json.loads(json.dumps(found.to_dict()))
    assert told["sha256"] == data_sha256("classification", f"{name}.yaml")
    assert told["options"].items() >= load_classification(name).settle({}).items()
    assert pickle.loads(pickle.dumps(found)).frame.equals(found.frame)  # noqa: S301


@pytest.mark.parametrize("name", ALL)
def test_no_rows_are_no_subjects(name):
    found = ALL[name](pl.DataFrame(schema={"subject_id": pl.String}))
    assert repr(found) == f"Classified({name}: 0 subjects; undecided 0)"
    assert found.ask_next().height == found.items().height == 0
    assert found._repr_html_()


@pytest.mark.parametrize("name", ALL)
def test_options_that_are_not_possible(name):
    with pytest.raises(BadInput, match="no option colour"):
        ALL[name]({}, options={"colour": "red"})


def test_the_recalled_is_printed():
    found = iim.classify_iim({"onset_age_years": 50})
    assert any("probability" in note for note in found.recalled)
    assert found.recalled[0] in found._repr_html_()
    assert found.provenance()["options"]["biopsy"] == "auto"


def test_the_line_counts_the_categories():
    facts = pl.DataFrame({"myositis": [True] * 3 + [False] * 25, "overlap_feature": [True] * 2 + [None] * 26})
    found = diseases.classify_overlap(facts)
    assert repr(found) == "Classified(overlap: 28 subjects; not overlap myositis 25, overlap myositis 2, undecided 1)"
    assert "and 8 more rows" in found._repr_html_()
