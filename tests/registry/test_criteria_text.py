from myotrial.registry.criteria_text import split_criteria
from myotrial.registry.labelled_page import split_lines
from myotrial.registry.parts import Criteria


def split(text: str) -> Criteria:
    return split_criteria(text, split_lines(text))


def test_the_text_under_each_heading_is_verbatim() -> None:
    text = "Inclusion Criteria:\n\n- a\n\n  - b\n\nExclusion Criteria:\r\n- c\r\nd\n\n"
    criteria = split(text)
    assert criteria.inclusion is not None
    assert criteria.exclusion is not None
    assert criteria.inclusion.text == "- a\n\n  - b"
    assert criteria.exclusion.text == "- c\r\nd"
    for passage in (criteria.inclusion, criteria.exclusion):
        assert text[passage.start : passage.end] == passage.text
    assert (criteria.inclusion.line, criteria.exclusion.line) == (3, 8)


def test_a_heading_may_share_its_line_and_a_sentence_is_no_heading() -> None:
    criteria = split("KEY INCLUSION CRITERIA: adults\nthe exclusion criteria of X apply\nexclusion: none")
    assert criteria.inclusion is not None
    assert criteria.exclusion is not None
    assert criteria.inclusion.text == "adults\nthe exclusion criteria of X apply"
    assert criteria.exclusion.text == "none"


def test_text_under_no_heading_or_a_repeated_one_is_kept_apart() -> None:
    criteria = split("both sexes\nInclusion:\na\nExclusion:\nb\nInclusion:\nc")
    assert criteria.inclusion is not None
    assert criteria.inclusion.text == "a"
    assert [passage.text for passage in criteria.other] == ["both sexes", "c"]
