import pytest

from myotrial.registry.clean import clean, is_cut, scrub


@pytest.mark.parametrize(
    ("stored", "markdown", "text"),
    [
        (r"a \< b \[c\] 10\^9/L \& d", True, "a < b [c] 10^9/L & d"),
        (r"a \< b", False, r"a \< b"),
        ("a &lt; b &amp; c &#8805; d", False, "a < b & c ≥ d"),
        ("AT&T; x & y", False, "AT&T; x & y"),
        ("one<br>two<br/>three<BR / >four", False, "one\ntwo\nthree\nfour"),
        ("10<sup>9</sup>/L and CO<sub>2</sub>", False, "10^9/L and CO2"),
        ("a <3 and b> 4", False, "a <3 and b> 4"),
        ("  padded \r\n lines \r end  ", False, "padded \n lines \n end"),
        ("write to a.b@example.org or call +44 20 7946 0000.", False,
         "write to [e-mail left out] or call [telephone left out]."),
        ("", False, ""),
    ],
)  # fmt: skip
def test_what_storage_did_is_undone(stored: str, markdown: bool, text: str) -> None:
    found = clean(stored, markdown=markdown)
    assert found.text == text


def test_every_stretch_knows_its_place() -> None:
    stored = r"  a \< b &amp; c"
    found = clean(stored, markdown=True)
    for anchor, after in zip(found.anchors, [a.at for a in found.anchors[1:]] + [len(found.text)], strict=True):
        stretch = found.text[anchor.at : after]
        assert stored[anchor.source :].startswith(stretch) or stretch == "&"


@pytest.mark.parametrize(
    "text", ["NCT04044690", "2018-003171-35", "U1111-1234-5678", "100 200 3000", "0.05 to 0.10", "(n = 120) 2019-10-21"]
)
def test_numbers_that_are_no_telephones_stay(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("text", ["Tel: 0532-82911676", "phone (212) 555-0100", "+1 (555) 010-0000", "212-555-0100"])
def test_telephones_go(text: str) -> None:
    assert "left out" in scrub(text)
    assert "5" not in scrub(text)


def test_a_cut_is_seen() -> None:
    assert is_cut("and so on…")
    assert is_cut("and [...]")
    assert not is_cut("and so on.")
