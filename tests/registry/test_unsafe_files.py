"""Files made to do harm, and files that are damaged."""

import importlib.util
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record, read_record_text, read_records

ROOT = Path(__file__).resolve().parents[2]
BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<clinical_study><brief_title>&lol2;</brief_title></clinical_study>"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd">]>
<clinical_study><brief_title>&passwd;</brief_title></clinical_study>"""
PARAMETER = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY % outside SYSTEM "file:///etc/passwd"> %outside;]>
<clinical_study><brief_title>t</brief_title></clinical_study>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER])
def test_a_file_that_declares_an_entity_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_record_text(text)
    (fault,) = caught.value.faults
    assert (fault.code, fault.row) == ("entity", 2)


def test_an_entity_of_nowhere_is_kept_as_it_stands() -> None:
    text = '<!DOCTYPE clinical_study SYSTEM "x.dtd"><clinical_study><id_info><nct_id>N</nct_id></id_info>'
    record = read_record_text(f"{text}<brief_title>a &odd; b</brief_title></clinical_study>")
    assert record.public_title == "a &odd; b"


@pytest.mark.parametrize(
    "text",
    [
        '{"protocolSection": ' + '{"a": ' * 100_000,
        "[" * 100_000,
        '{"protocolSection": ' + "[" * 70 + "]" * 70 + "}",
        "<clinical_study>" + "<a>" * 100_000,
    ],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_record_text(text)
    assert caught.value.faults[0].code == "too_deep"


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ('{"protocolSection":\n {"a": "b', "cut_off", 2),
        ('{"protocolSection":\n {"a" "b"}}', "not_json", 2),
        ("<clinical_study>\n<id_info><nct_id>N", "cut_off", 2),
        ("<clinical_study>\n<id_info></wrong></clinical_study>", "not_xml", 2),
        ("[1]", "not_a_record", 1),
    ],
)
def test_damage_is_told_with_its_place(text: str, code: str, row: int) -> None:
    with pytest.raises(BadInput) as caught:
        read_record_text(text)
    (fault,) = caught.value.faults
    assert (fault.code, fault.row) == (code, row)
    assert fault.column


def test_rows_of_the_wrong_width_are_told_and_end_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x"
    rows = ["NCT1,t,1,2,3,4", "NCT2,t", "NCT3,t,1,2,3,4", 'NCT4,"two\nlines",1,2,3,4,5', "NCT5,t,1,2,3,4"]
    file.write_text("\n".join(["TrialID,public_title,a,b,c,d", *rows]), encoding="utf-8")
    records = read_records(file)
    assert [next(records).main_id for _ in range(3)] == ["NCT1", "NCT3", "NCT5"]
    with pytest.raises(BadInput) as caught:
        next(records)
    told = [(fault.code, fault.file, fault.row, fault.got, fault.expected) for fault in caught.value.faults]
    assert told == [
        ("wrong_width", str(file), 3, "2 fields", "6 fields"),
        ("wrong_width", str(file), 5, "7 fields", "6 fields"),
    ]


def test_one_study_without_measure_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text('{"protocolSection": {"x": "' + "a" * 25_000_000 + '"}}', encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_record(file)
    assert caught.value.faults[0].code == "too_large"


def test_a_long_file_takes_the_memory_of_one_record(tmp_path: Path) -> None:
    trial = "<Trial><TrialID>X</TrialID><Public_title>" + "t" * 30_000 + "</Public_title></Trial>"
    file = tmp_path / "x"
    file.write_text(f"<Trials>{trial * 100}</Trials>", encoding="utf-8")
    tracemalloc.start()
    assert sum(1 for _ in read_records(file)) == 100
    assert tracemalloc.get_traced_memory()[1] < 2_000_000 < file.stat().st_size
    tracemalloc.stop()


@pytest.mark.parametrize(
    "name", ["$(touch x).json", "-rf", "a\nb", "\x1b[31mred", "..", "über.txt", "a" * 255, "%s%n", "nul", "x;y|z"]
)
def test_a_hostile_name_does_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_record(tmp_path / name)
    assert "\x1b" not in str(caught.value)
    if name == "..":
        return
    (tmp_path / name).write_text('{"protocolSection": {"identificationModule": {"nctId": "N"}}}', encoding="utf-8")
    assert read_record(tmp_path / name).main_id == "N"


def _fuzz():
    spec = importlib.util.spec_from_file_location("registry_fuzz", ROOT / "tests" / "proof" / "registry_fuzz.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_small_records_are_all_read(tmp_path: Path) -> None:
    fuzz = _fuzz()
    for number, data in enumerate(fuzz.SMALL):
        file = tmp_path / str(number)
        file.write_bytes(data)
        assert fuzz.use(file) >= 1


def test_damaged_records_never_crash() -> None:
    tried, readable, failures = _fuzz().run(_fuzz().SMALL, seed=7_000_000, seconds=4, most=250)
    assert failures == []
    assert tried > 20
    assert readable


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["nctId", "identificationModule", "eligibilityModule", "eligibilityCriteria", "primaryOutcomes", "measure",
         "outcomesModule", "statusModule", "startDateStruct", "date", "phases", "armGroups", "label", "locations"]
    ), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(_JSON)
def test_any_tree_under_a_known_name_is_read(tree: object) -> None:
    import json  # noqa: PLC0415

    record = read_record_text(
        json.dumps({"protocolSection": {"identificationModule": tree, "eligibilityModule": tree}})
    )
    assert record.form.startswith("ClinicalTrials.gov")


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadInput):
        assert read_record_text(text).form
