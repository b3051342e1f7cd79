"""Portal pages that are cut, shuffled or thinned out: no word is lost, and no text makes the reader fail."""

import re
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record_text
from myotrial.registry.who_portal import read

_STRUCTURE = re.compile(
    r"(?i)\s*(?:register|last refreshed on|main id|date of registration|prospective registration|primary sponsor"
    r"|(?:public|scientific) title|date of first enrolment|target sample size|recruitment status|url|study type"
    r"|study design|phase|age m(?:in|ax)imum|gender|results available|date (?:posted|completed)|affiliation"
    r"|status|approval date|(?:in|ex)clusion criteria)\s*:|\[time frame:|\]|\[|;"
)
_HEADINGS = (
    "Countries of recruitment", "Contacts", "Key inclusion & exclusion criteria",
    "Health Condition(s) or Problem(s) studied", "Intervention(s)", "Primary Outcome(s)", "Secondary Outcome(s)",
    "Secondary ID(s)", "Source(s) of Monetary Support", "Secondary Sponsor(s)", "Ethics review", "Results",
)  # fmt: skip
_ANSWERS = {"yes", "no", "all", "female"}
_CONTACT = re.compile(r"\s*(?:name|address|telephone|email|contact)\s*:", re.IGNORECASE)


def assert_nothing_is_lost(text: str) -> None:
    """Every word of a line that is not left out stands somewhere in the record."""
    record = read(text)
    kept = set(re.findall(r"\w+", record.model_dump_json().replace("\\n", " ").replace('\\"', " ")))
    out = {left.line: left for left in record.left_out}
    for number, line in enumerate(text.split("\n"), 1):
        if number in out:
            if out[number].kind == "contact":
                assert _CONTACT.match(line) or number - 1 in out
        elif line.strip() not in _HEADINGS:
            words = set(re.findall(r"\w+", _STRUCTURE.sub(" ", line)))
            assert not {word for word in words - kept if word.lower() not in _ANSWERS}, line


def damaged(text: str, seed: int, how: str) -> str:
    chance, lines = Random(seed), text.split("\n")  # noqa: S311
    if how == "cut":
        return text[: chance.randrange(len(text))]
    if how == "shuffled":
        chance.shuffle(lines)
    else:
        lines = [line for line in lines if chance.random() > 0.2]
    return "\n".join(lines)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), how=st.sampled_from(["cut", "shuffled", "thinned"]))
def test_a_damaged_page_is_read_without_loss(portal_page: str, seed: int, how: str) -> None:
    assert_nothing_is_lost(damaged(portal_page, seed, how))


@pytest.mark.parametrize("how", ["cut", "shuffled", "thinned"])
def test_a_damaged_real_page_is_read_without_loss(igpro20_text: str, how: str) -> None:
    for seed in range(40):
        assert_nothing_is_lost(damaged(igpro20_text, seed, how))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*_HEADINGS, "Main ID:", "Name: x", "Age minimum: = 3", "Phase:"]) | st.text()))
def test_no_text_makes_the_reader_fail(lines: list[str]) -> None:
    text = "\n".join(lines)
    record = read(text)
    for passage in (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other):
        assert passage is None or text[passage.start : passage.end] == passage.text
    with suppress(BadInput):
        read_record_text(text)
