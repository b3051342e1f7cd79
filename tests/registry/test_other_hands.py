"""Records as other programs save them: another encoding, another separator, another wrapping, forbidden signs."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.files.xml_mending import mended
from myotrial.registry.reading import read_record, read_records
from myotrial.registry.record import TrialRecord

STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT09999951", "briefTitle": "Strength ≥ 3 é"},
        "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* MMT-8 \\< 142"},
    }
}
CLASSIC = {
    "ProtocolSection": {
        "IdentificationModule": {"NCTId": "NCT09999952", "BriefTitle": "Older"},
        "DesignModule": {"EnrollmentInfo": {"EnrollmentCount": "24", "EnrollmentType": "Anticipated"}},
    }
}
XML = (
    "<clinical_study><id_info><nct_id>NCT09999953</nct_id></id_info><brief_title>é “A” and B</brief_title>"
    "<eligibility><criteria><textblock>Inclusion Criteria:\n\n - a</textblock></criteria></eligibility>"
    "</clinical_study>"
)
ROWS = [
    ["TrialID", "Public_title", "url", "Scientific_title", "Inclusion_Criteria", "Target_size"],
    ["NCT09999954", 'One, "quoted"; é', "https://x", "S", "<br>Inclusion Criteria:<br> - a;\n - b<br>", "40"],
    ["DRKS09999955", "Two | bars\tand a tab", "", "", "Age = 18 years", ""],
]


def save(folder: Path, data: str | bytes, name: str = "record") -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def table(separator: str, end: str = "\n", rows: list[list[str]] = ROWS) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return text.getvalue()


def read_all(file: Path) -> tuple[list[TrialRecord], list[str]]:
    records: list[TrialRecord] = []
    try:
        records.extend(read_records(file))  # what was given before the fault stays in it
    except BadInput as error:
        return records, [fault.code for fault in error.faults]
    return records, []


class TestTables:
    def holds(self, file: Path) -> None:
        (one, two), faults = read_all(file)
        assert faults == []
        assert (one.main_id, one.public_title, one.target_size) == ("NCT09999954", 'One, "quoted"; é', 40)
        assert one.criteria.inclusion is not None
        assert one.criteria.inclusion.text.split() == ["-", "a;", "-", "b"]
        assert (two.main_id, two.public_title, two.target_size) == ("DRKS09999955", "Two | bars and a tab", None)
        assert [sign.candidates for sign in two.lost_comparators] == [(">=", "<=")]

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_every_separator_in_every_encoding(self, tmp_path: Path, separator: str, encoding: str) -> None:
        self.holds(save(tmp_path, table(separator).encode(encoding)))

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_the_line_that_tells_the_separator(self, tmp_path: Path, separator: str) -> None:
        self.holds(save(tmp_path, f"sep={separator}\r\n" + table(separator, "\r\n")))

    def test_blank_lines_before(self, tmp_path: Path) -> None:
        self.holds(save(tmp_path, "\r\n\r\n" + table(";", "\r\n")))

    def test_lines_that_end_in_a_carriage_return(self, tmp_path: Path) -> None:
        (one, two), faults = read_all(save(tmp_path, table(",", "\r").replace("\n", "\r")))
        assert (one.main_id, two.main_id, faults) == ("NCT09999954", "DRKS09999955", [])

    @pytest.mark.parametrize("name", ["TRIALID", "trialid", "Trial ID", "trial_id", "Trial.ID"])
    def test_the_name_of_the_first_column(self, tmp_path: Path, name: str) -> None:
        self.holds(save(tmp_path, table(",", rows=[[name, *ROWS[0][1:]], *ROWS[1:]])))

    def test_a_column_of_row_numbers_and_commas_at_the_end(self, tmp_path: Path) -> None:
        rows = [["", *ROWS[0]], *([str(n), *row, "", ""] for n, row in enumerate(ROWS[1:], 1))]
        self.holds(save(tmp_path, table(",", rows=rows)))

    def test_names_with_line_breaks(self, tmp_path: Path) -> None:
        self.holds(save(tmp_path, table(",", rows=[[*ROWS[0][:3], "Scientific\ntitle", *ROWS[0][4:]], *ROWS[1:]])))

    def test_a_table_of_something_else_is_no_export(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as caught:
            list(read_records(save(tmp_path, "TrialID,subject,visit\nX,1,2\nX,2,2\n")))
        assert {fault.code for fault in caught.value.faults} == {"unknown_form"}


class TestXml:
    @pytest.mark.parametrize(
        ("declared", "stored"),
        [
            ("UTF-8", "cp1252"), ("UTF-8", "utf-16"), ("UTF-8", "utf-16-le"), ("windows-1252", "cp1252"),
            ("ISO-8859-1", "cp1252"), ("windows-1252", "utf-8"), ("UTF-16", "utf-8"), ("no-such-letters", "utf-8"),
            ("unicode_escape", "utf-8"), ("punycode", "utf-8"),
        ],
    )  # fmt: skip
    def test_what_is_stored_counts_more_than_what_is_declared(self, tmp_path: Path, declared: str, stored: str) -> None:
        record = read_record(save(tmp_path, f'<?xml version="1.0" encoding="{declared}"?>{XML}'.encode(stored)))
        assert record.public_title == "é “A” and B"

    @pytest.mark.parametrize("encoding", ["GBK", "GB18030", "Shift_JIS", "Big5", "EUC-KR", "EUC-JP"])
    def test_letters_that_the_parser_does_not_know(self, tmp_path: Path, encoding: str) -> None:
        text = XML.replace("é “A” and B", "中")
        record = read_record(save(tmp_path, f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)))
        assert record.public_title == "中"

    @pytest.mark.parametrize(
        ("stored", "read"),
        [
            ("R&D", "R&D"), ("a & b", "a & b"), ("age < 18", "age < 18"), ("a&nbsp;b", "a b"), ("&ge;3", "≥3"),
            ("a\x0bb", "a b"), ("a&#11;b &#x1F;", "a b"), ("a &lt; b &amp; c", "a < b & c"), ("&#8805; 3", "≥ 3"),
        ],
    )  # fmt: skip
    def test_signs_that_xml_forbids(self, tmp_path: Path, stored: str, read: str) -> None:
        record = read_record(save(tmp_path, XML.replace("é “A” and B", stored)))
        assert record.public_title == read
        forbidden = stored not in {"a &lt; b &amp; c", "&#8805; 3"}
        assert any("XML forbids" in note for note in record.notes) == forbidden

    def test_a_long_file_goes_on_where_it_had_to_be_mended(self, tmp_path: Path) -> None:
        trial = "<Trial><TrialID>X{0}</TrialID><Public_title>{1}</Public_title></Trial>"
        trials = [trial.format(n, "a & b" if n == 4000 else "t" * 100) for n in range(5000)]
        records, faults = read_all(save(tmp_path, f"<Trials>{''.join(trials)}</Trials>"))
        assert [record.main_id for record in records] == [f"X{n}" for n in range(5000)]
        assert (records[4000].public_title, faults) == ("a & b", [])

    def test_what_stands_in_cdata_is_left_wherever_the_file_is_cut_into_pieces(self) -> None:
        text = b"<a>1 < 2 &<![CDATA[ & < &#1; ]]>&<b/>]] &x; <![CDATA[&]]></a>"
        right = b"<a>1 &lt; 2 &amp;<![CDATA[ & < &#1; ]]>&amp;<b/>]] &amp;x; <![CDATA[&]]></a>"
        for size in range(1, len(text) + 1):
            assert b"".join(mended(text[at : at + size] for at in range(0, len(text), size))) == right

    def test_a_file_of_openings_takes_no_longer_than_others(self) -> None:
        begun = time.process_time()
        assert sum(map(len, mended([b"<![CDATA[" * 30_000] * 8))) == 8 * 270_000
        assert time.process_time() - begun < 5

    def test_an_entity_is_refused_in_a_mended_file_too(self, tmp_path: Path) -> None:
        text = f"<!DOCTYPE a [<!ENTITY b 'c'>]>{XML.replace('and', '& &b;')}"
        assert read_all(save(tmp_path, text)) == ([], ["entity"])

    def test_blanks_before_the_declaration_and_a_name_space(self, tmp_path: Path) -> None:
        text = XML.replace("<clinical_study", '<x:clinical_study xmlns:x="http://x"').replace(
            "/clinical", "/x:clinical"
        )
        assert read_record(save(tmp_path, f'\r\n <?xml version="1.0"?>{text}')).main_id == "NCT09999953"

    def test_one_letter_that_is_damaged_does_not_change_the_others(self, tmp_path: Path) -> None:
        text = XML.replace("A", "≥ 18 ≤ 80 é").encode().replace("“".encode(), b"\xe2\x80")
        record = read_record(save(tmp_path, text))
        assert "≥ 18 ≤ 80 é" in (record.public_title or "")
        assert any("damaged" in note for note in record.notes)


class TestJson:
    @pytest.mark.parametrize(
        "tree",
        [
            [STUDY, CLASSIC], {"studies": [STUDY, {"Study": CLASSIC}]}, {"data": {"studies": [STUDY, CLASSIC]}},
            {"meta": {"a": [1]}, "studies": [STUDY, CLASSIC]}, [{"study": STUDY}, {"study": CLASSIC}],
            {"NCT1": STUDY, "NCT2": CLASSIC}, [[STUDY], [CLASSIC]], [STUDY["protocolSection"], CLASSIC],
            {"x": {"y": 1}, "FullStudiesResponse": {"FullStudies": [{"Rank": 1, "Study": STUDY}, {"Study": CLASSIC}]}},
        ],
    )  # fmt: skip
    def test_every_wrapping(self, tmp_path: Path, tree: object) -> None:
        records, faults = read_all(save(tmp_path, json.dumps(tree)))
        assert [record.main_id for record in records] == ["NCT09999951", "NCT09999952"]
        assert faults == []
        assert records[0].public_title == "Strength ≥ 3 é"
        assert records[0].criteria.inclusion is not None
        assert records[0].criteria.inclusion.text == "* MMT-8 < 142"
        assert records[1].target_size == 24

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
    def test_one_study_a_line(self, tmp_path: Path, end: str) -> None:
        lines = end.join(json.dumps(tree) for tree in (STUDY, CLASSIC, STUDY)) + end
        assert [record.number for record in read_all(save(tmp_path, "\ufeff" + lines))[0]] == [1, 2, 3]

    def test_what_is_no_record_is_told_after_the_others(self, tmp_path: Path) -> None:
        records, faults = read_all(save(tmp_path, json.dumps([STUDY, None, {"a": 1}, 3, CLASSIC, "x"])))
        assert [record.main_id for record in records] == ["NCT09999951", "NCT09999952"]
        assert faults == ["not_a_record", "unknown_form", "not_a_record", "not_a_record"]

    def test_damage_does_not_hide_what_was_found_before(self, tmp_path: Path) -> None:
        text = json.dumps(STUDY) + '\n{"a": 1}\n' + json.dumps(CLASSIC) + '\n{"b": '
        records, faults = read_all(save(tmp_path, text))
        assert (len(records), faults) == (2, ["unknown_form", "cut_off"])

    def test_a_file_of_other_things_is_not_read_to_its_end(self, tmp_path: Path) -> None:
        records, faults = read_all(save(tmp_path, "\n".join(['{"a": 1}'] * 5000)))
        assert records == []
        assert len(faults) == 101

    @pytest.mark.parametrize("tree", [[], {"studies": []}, {"FullStudiesResponse": {"NStudiesFound": 0}}])
    def test_an_answer_that_found_nothing(self, tmp_path: Path, tree: object) -> None:
        file = save(tmp_path, json.dumps(tree))
        assert read_all(file) == ([], [])
        with pytest.raises(BadInput, match="no trial in it"):
            read_record(file)

    def test_names_of_files_inside_an_archive_are_never_used(self, tmp_path: Path) -> None:
        import zipfile  # noqa: PLC0415

        file = tmp_path / "x.json"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("../../escaped.json", json.dumps(STUDY))
        with pytest.raises(BadInput, match="ZIP archive"):
            read_record(file)
        assert [found.name for found in tmp_path.parent.rglob("escaped.json")] == []
