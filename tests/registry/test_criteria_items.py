import re
from html import unescape
from pathlib import Path

import pytest

from myotrial.registry.contradictions import find_contradictions
from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.logic import read_both_ways
from myotrial.registry.reading import read_record, read_record_text, read_records
from myotrial.registry.record import TrialRecord

PAGES = Path("samples", "registry", "myositis_pages")


def study(criteria: str, low: str | None = None, high: str | None = None) -> TrialRecord:
    import json  # noqa: PLC0415

    module = {"eligibilityCriteria": criteria, "minimumAge": low, "maximumAge": high}
    return read_record_text(json.dumps({"protocolSection": {"eligibilityModule": module}}))


def outline(record: TrialRecord) -> list[tuple[str, int, str]]:
    return [(item.kind, item.level, item.text) for item in list_criteria_items(record)]


def test_a_list_inside_a_list(shared: Path) -> None:
    record = read_record(shared / "samples" / "registry" / "ctgov_xml" / "NCT00513591.xml")
    items = list_criteria_items(record)
    assert [item.level for item in items] == [0, 0, 0, *[1] * 10, 0, 0, 0]
    assert [item.parent for item in items[3:13]] == [3] * 10
    assert items[11].text == "Myositis (Polymyositis or Dermatomyositis)"
    assert [item.kind for item in items].count("exclusion") == 3


def test_bullets_and_numbers_on_one_line(shared: Path) -> None:
    record = read_record(shared / PAGES / "NCT03813160_eligibilitymodule.txt")
    items = list_criteria_items(record)
    assert [item.level for item in items] == [0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1]
    assert items[16].text == "Platelets < 75 × 10^9/L"
    text = (shared / PAGES / "NCT03813160_eligibilitymodule.txt").read_text(encoding="utf-8")
    assert text[items[16].start : items[16].end].strip() == "Platelets \\< 75 × 10\\^9/L"


def test_a_flattened_list_is_told_and_a_cut(shared: Path) -> None:
    items = list_criteria_items(read_record(shared / "seeds" / "001_173595c731fa97ef.txt"))
    assert len(items) == 16
    assert [item.position for item in items if item.flattened] == [1, 9, 13]
    assert [item.position for item in items if item.cut_off] == [16]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Inclusion Criteria:\n\n1. a\n   wrapped\n2. b\n\nExclusion Criteria:\n\n1. c",
         [("inclusion", 0, "a wrapped"), ("inclusion", 0, "b"), ("exclusion", 0, "c")]),
        ("Inclusion Criteria: 1. a; 2. b; Exclusion Criteria: 1. c",
         [("inclusion", 0, "a;"), ("inclusion", 0, "b;"), ("exclusion", 0, "c")]),
        ("no heading at all", [("not_stated", 0, "no heading at all")]),
        ("Inclusion Criteria:\n\n* a:\n  1. b\n     * c\n  2. d\n* e",
         [("inclusion", 0, "a:"), ("inclusion", 1, "b"), ("inclusion", 2, "c"), ("inclusion", 1, "d"),
          ("inclusion", 0, "e")]),
        ("Inclusion Criteria:\n* a\nInclusion Criteria for part 2:\n* b",
         [("inclusion", 0, "a"), ("inclusion", 0, "b")]),
        ("Inclusion Criteria:\n\nfirst\n\nsecond", [("inclusion", 0, "first"), ("inclusion", 0, "second")]),
    ],
)  # fmt: skip
def test_layouts(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert outline(study(text)) == expected


def test_no_word_is_lost_or_doubled(shared: Path) -> None:
    for file in sorted((shared / "samples" / "registry" / "ctgov_v2_json").glob("*.json")):
        record = read_record(file)
        passages = (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other)
        whole = " ".join(part.text for part in passages if part).split()
        items = list_criteria_items(record)
        assert " ".join(f"{item.marker or ''} {item.text}" for item in items).split() == whole, file.name


def stored(tree: object, path: str) -> str:
    """Return the text that a path leads to, walked by hand."""
    for step in re.findall(r"[^.\[\]]+", path):
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]  # type: ignore[index]
    return str(tree["#text"] if isinstance(tree, dict) else tree)


def same_words(item: str, source: str) -> bool:
    """Whether a stretch of the source has the words of an item, in their order, once its escapes are undone."""
    undone = re.sub(r"<br\s*/?>|</?p>|_x000D_", " ", re.sub(r"\\\\(?=[!-/:-@\[-`{-~])", "", unescape(source)))
    return re.findall(r"\w+", item) == re.findall(r"\w+", undone)


@pytest.mark.parametrize("folder", ["ctgov_v2_json", "ctgov_classic_json", "multi_registry"])
def test_every_span_slices_back_to_the_source_in_json(shared: Path, folder: str) -> None:
    import json  # noqa: PLC0415

    seen = 0
    for file in sorted((shared / "samples" / "registry" / folder).glob("*.json")):
        tree = json.loads(file.read_text(encoding="utf-8"))
        tree = tree["FullStudiesResponse"]["FullStudies"][0] if "FullStudiesResponse" in tree else tree
        for item in list_criteria_items(read_record(file)):
            text = stored(tree, item.path or "")
            assert same_words(item.text, text[item.start : item.end]), (file.name, item.position)
            seen += 1
    assert seen >= 8


def test_every_span_slices_back_to_the_source_in_tables_and_pages(shared: Path) -> None:
    import csv  # noqa: PLC0415

    seen = 0
    file = shared / "samples" / "registry" / "ictrp" / "ictrp_fullexport_sample_im_127rows.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for record, row in zip(read_records(file), rows, strict=True):
        for item in list_criteria_items(record):
            assert same_words(item.text, row[item.path or ""][item.start : item.end]), (record.main_id, item.position)
            seen += 1
    pages = [*(shared / PAGES).glob("*.txt"), *(shared / "seeds").glob("*.txt")]
    for page in pages:
        text = page.read_bytes().decode("utf-8")
        for item in list_criteria_items(read_record(page)):
            assert same_words(item.text, text[item.start : item.end]), (page.name, item.position)
            seen += 1
    assert seen > 1000


def test_mixed_and_or_is_read_both_ways(shared: Path) -> None:
    items = list_criteria_items(read_record(shared / PAGES / "NCT04044690_ucbraid.txt"))
    assert [item.position for item in items if item.readings] == [3]
    first, second = (str(reading) for reading in items[2].readings)
    assert first.endswith("and MMT-8 ≤ 142) or CDASI total activity score ≥ 14.")
    assert second.endswith("and (MMT-8 ≤ 142 or CDASI total activity score ≥ 14.)")


@pytest.mark.parametrize(
    "text",
    ["a and b and c", "a or b", "aged between 18 and 65 or so", "use of (a and b) or c", "a and/or b and c",
     "greater than or equal to 3 and b"],
)  # fmt: skip
def test_what_is_not_ambiguous(text: str) -> None:
    assert read_both_ways(text) == ()


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("Adults >18 years", "18 Years", None, ["someone aged 18 may enter by the field and not by the text"]),
        ("Adults \\>18 years", "18 Years", None, ["someone aged 18 may enter by the field and not by the text"]),
        ("Age ≥ 18 to < 80 years", "18 Years", "79 Years", []),
        ("Patients aged ≥ 18 years and < 80 years", "18 Years", "79 Years", []),
        ("Patients aged ≥ 18 years and ≤ 80 years", "18 Years", "79 Years",
         ["someone aged 80 may enter by the text and not by the field"]),
        ("Aged 18 to 75 years", "18 Years", "80 Years",
         ["someone aged 76 to 80 may enter by the field and not by the text"]),
        ("Adult patients (18-80 years)", "18 Years", "N/A",
         ["someone older than 80 may enter by the field and not by the text"]),
        ("Subjects 21 years of age or older", "18 Years", None,
         ["someone aged 18 to 20 may enter by the field and not by the text"]),
        ("Patients with disease duration > 2 years", "18 Years", None, []),
        ("Male or female subjects = 18 years", "16 Years", None, []),
    ],
)  # fmt: skip
def test_text_against_fields(text: str, low: str | None, high: str | None, expected: list[str]) -> None:
    found = find_contradictions(study(f"Inclusion Criteria:\n* {text}", low, high))
    assert [contradiction.meaning for contradiction in found] == expected
