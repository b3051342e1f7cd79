"""What every instrument's data file must say, and how a faulty one is refused."""

import pytest

from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.scoring import MISSING, RULES
from myotrial.model.errors import BadInput


def test_every_rule_that_can_be_named_is_there_and_used():
    totals = [total for name in list_instruments() for total in load_instrument(name).totals]
    assert {total.rule for total in totals} == set(RULES)
    assert {total.missing for total in totals if total.missing} == set(MISSING)


def test_names_of_totals_are_unique_over_all_instruments_but_for_sides_of_one_measure():
    names = [(total.name, name) for name in list_instruments() for total in load_instrument(name).totals]
    shared = {total for total, _ in names if sum(total == other for other, _ in names) > 1}
    assert shared == {"mmt8", "mmt8_loss_percent"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"totals": [{"parts": ["none"]}]}, "counts no item"),
        ({"items": [{}, {}]}, "stands twice"),
        ({"scale_option": "unit"}, "there is no option unit"),
    ],
)
def test_a_faulty_definition_is_refused(change, message):
    das = dict(load_instrument("das"))
    das = {**das, "items": [dict(item) for item in das["items"]], "totals": [dict(total) for total in das["totals"]]}
    if "totals" in change:
        das["totals"] = [{**das["totals"][0], **change["totals"][0]}]
    elif "items" in change:
        das["items"] = [das["items"][0], das["items"][0]]
    else:
        das |= change
    with pytest.raises(ValueError, match=message):
        Instrument.model_validate(das)


def test_an_unknown_instrument_is_a_fault_with_a_hint():
    with pytest.raises(BadInput, match="did you mean cdasi"):
        load_instrument("cdassi")


@pytest.mark.parametrize("name", list_instruments())
def test_items_have_short_labels_of_our_own_and_no_wording(name):
    instrument = load_instrument(name)
    for item in instrument.items:
        assert len(item.label.split()) <= 10
        assert not set(item.label.lower().split()) & {
            "you",
            "your",
            "are",
            "can",
            "do",
            "does",
            "i",
            "my",
            "have",
            "able",
        }
        assert "?" not in item.label
    assert instrument.copyright
