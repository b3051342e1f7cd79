from myotrial.registry.labelled_page import scrub, split_lines


def test_lines_know_their_place() -> None:
    text = "a\r\n\r\n  b \u2028c\n\rd"
    lines = split_lines(text)
    assert [(line.text, line.number, line.order) for line in lines] == [("a", 1, 0), ("b \u2028c", 3, 1), ("d", 5, 2)]
    assert all(text[line.start : line.end] == line.text for line in lines)


def test_scrubbing_leaves_identifiers_and_dates_alone() -> None:
    kept = "NCT04044690 2018-003171-35 2019-10-21 U1111-1234-5678"
    assert scrub(kept) == kept
    assert scrub("call +1 (555) 010-0000 or x@y.org") == "call [telephone left out] or [e-mail left out]"
