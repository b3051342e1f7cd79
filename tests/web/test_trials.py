"""``/trials``: what is found, shown, compared, and what is answered to strange requests. All records are invented."""

import csv
import hashlib
import html
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections import Counter

import jsonschema
import pytest
from fastapi.testclient import TestClient

from myotrial.cli.app import run
from myotrial.registry.compare.versions import compare_versions
from myotrial.registry.reading import read_record
from myotrial.web.app import Settings, create_app

JSON_PAGES = ("/trials.json", "/trials/compare.json", "/trials/{name}.json", "/trials/{name}/plain.json",
              "/trials/{name}/versions.json", "/trials/{name}/outcomes/{outcome}.json")  # fmt: skip


@pytest.fixture(scope="module")
def held(record_store):
    return TestClient(create_app(Settings(store=record_store)))


@pytest.fixture(scope="module")
def bare():
    return TestClient(create_app(Settings()))


def words_of(answer):
    """Return the words of a page, without its marks."""
    assert answer.status_code == 200, answer.text[:300]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def ids(answer):
    return [row["id"] for row in answer.json()["trials"]]


def test_without_a_store_there_are_the_definitions_and_a_word_how_to_get_one(bare):
    assert ids(bare.get("/trials.json")) == ["NCT02347891", "NCT02728752", "NCT04044690", "NCT05832034"]
    assert "myotrial serve --store records.db" in words_of(bare.get("/trials"))
    assert "No registry record of this trial is held" in words_of(bare.get("/trials/NCT04044690"))
    assert bare.get("/trials/NCT04044690/plain").status_code == 404


def test_definitions_and_records_are_one_list_with_one_row_a_trial(held, invented):
    found = held.get("/trials.json").json()
    # 4 definitions, one of them with a record; 37 lines of the export; the trial that two registers have
    assert found["total"] == 4 + 37 + 1
    rows = {row["id"]: row for row in held.get("/trials.json?q=dermatomyositis").json()["trials"]}
    assert [each["main_id"] for each in rows[invented.REGISTER_ID]["records"]] == [
        invented.REGISTER_ID, invented.COPY_ID]  # fmt: skip
    assert rows[invented.REGISTER_ID]["definition"] is None
    reclaiim = next(row for row in held.get("/trials.json?q=NCT04044690").json()["trials"])
    assert (reclaiim["definition"], len(reclaiim["records"])) == ("NCT04044690", 1)
    page = words_of(held.get("/trials?q=NCT04044690"))
    assert "definition record" in page
    assert "2 records" in words_of(held.get(f"/trials?q={invented.REGISTER_ID}"))


def test_facets_are_counted_and_narrow(held, invented):
    lines = [row for row in invented.rows() if row[2].startswith("Invented trial")]
    found = held.get("/trials.json", params={"q": '"invented trial"'}).json()
    counted = {name: {c["value"]: c["count"] for c in found["facets"][name]} for name in found["facets"]}
    assert counted["phase"] == Counter(row[3].removeprefix("Phase ") for row in lines)
    assert counted["status"] == Counter(row[4].lower() for row in lines)
    assert counted["sponsor"] == Counter(row[5] for row in lines)
    assert counted["country"] == Counter(row[6] for row in lines)
    assert counted["condition"] == Counter(row[7] for row in lines)
    assert counted["drug"] == Counter(row[8].removeprefix("Drug: ") for row in lines)
    assert counted["masking"] == {"double": 9, "none": 27}
    assert counted["subtype"] == {"dermatomyositis": 9, "polymyositis": 9, "inclusion body myositis": 9}
    chosen = {"q": '"invented trial"', "phase": "3", "condition": "polymyositis", "masking": "double"}
    expected = {row[0] for row in lines if (row[3], row[7], row[10]) == ("Phase 3", "Polymyositis", "Masking: Double")}
    assert set(ids(held.get("/trials.json", params=chosen))) == expected
    american = {**chosen, "masking": "", "country": "United States"}  # the export says USA
    assert set(ids(held.get("/trials.json", params=american))) == {
        row[0] for row in lines if (row[3], row[6], row[7]) == ("Phase 3", "USA", "Polymyositis")}  # fmt: skip


def test_the_list_is_sorted_and_paged(held):
    asked = {"q": '"invented trial"', "sort": "planned"}
    first, second = (held.get("/trials.json", params={**asked, "page": page}).json() for page in (1, 2))
    sizes = [row["planned"] for row in first["trials"] + second["trials"]]
    assert sizes == list(range(45, 9, -1))
    assert (len(first["trials"]), second["pages"]) == (25, 2)
    numbers = ids(held.get("/trials.json", params={**asked, "sort": "number"}))
    assert numbers == sorted(numbers)
    text = held.get("/trials", params=asked).text
    (later,) = re.findall(r'href="([^"]*)" rel="next"', text)
    assert "page 2 of 2" in words_of(held.get(html.unescape(later)))
    assert held.get("/trials.json?page=40").json()["trials"] == []


def test_more_than_can_be_read_is_said_and_the_store_narrows_first(held, monkeypatch, invented):
    monkeypatch.setattr("myotrial.web.trials.searching.MOST_READ", 10)
    found = held.get("/trials.json", params={"q": '"invented trial"'}).json()
    assert found["total"] == 36
    assert "first 10 of 36 trials" in found["notes"][0]
    narrowed = held.get("/trials.json", params={"q": '"invented trial"', "condition": "Gout", "sponsor": "x"}).json()
    assert narrowed["total"] == 0
    assert "narrowed by condition first" in narrowed["notes"][0]
    gout = held.get("/trials.json", params={"q": '"invented trial"', "condition": "Gout"}).json()
    assert {row["id"] for row in gout["trials"]} == {row[0] for row in invented.rows() if row[7] == "Gout"}


def test_the_table_of_what_was_found_runs_nothing(held, invented):
    answer = held.get("/trials.csv", params={"q": "invented"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == held.get("/trials.json", params={"q": "invented"}).json()["total"]
    (strange,) = list(csv.DictReader(io.StringIO(held.get("/trials.csv?q=CTRI").text)))
    assert (strange["id"], strange["sponsor"]) == (invented.SLASHED_ID, "'=1+1")


def test_a_record_is_shown_with_its_twin_and_what_contradicts_it(held, invented):
    page = words_of(held.get(f"/trials/{invented.REGISTER_ID}"))
    assert "Adults >18 years with dermatomyositis" in page
    assert "someone aged 18 may enter by the field and not by the text" in page  # text and field differ by a year
    assert "Plain: You are pregnant or breastfeeding." in page
    assert "Read one way: (MMT-8 < 142 and VAS > 2) or CK > 4" in page
    assert "target size 44 48" in page  # the registers disagree
    copy = words_of(held.get(f"/trials/{invented.REGISTER_ID}?record=2"))
    assert "2 comparison signs are lost in this copy" in copy
    assert "1 lost sign: “=” was “≥” or “≤”" in copy
    assert held.get(f"/trials/{invented.REGISTER_ID}?record=3").status_code == 404
    data = held.get(f"/trials/{invented.REGISTER_ID}.json").json()
    assert next(row["field"] for row in data["disagreements"]) == "target_size"
    assert data["contradictions"][0]["meaning"].startswith("someone aged 18")


def test_a_number_with_a_slash_and_a_title_with_signs(held, invented):
    for suffix in ("", "/plain", "/versions", ".json", "/plain.json", "/versions.json"):
        assert held.get(f"/trials/{invented.SLASHED_ID}{suffix}").status_code == 200, suffix
    text = held.get("/trials?q=CTRI").text
    assert "<script>alert" not in text
    assert f'href="/trials/{invented.SLASHED_ID}"' in text


def test_registered_outcomes_lead_to_how_they_are_computed(held):
    text = held.get("/trials/NCT04044690").text
    rows = {re.sub(r"<[^>]+>", "", cells[1]).strip(): cells for cells in
            (re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL))
            if len(cells) == 4}  # fmt: skip
    assert 'href="/trials/NCT04044690/outcomes/C0"' in rows["Responder Rate"][3]
    assert "not computed" in rows["Mean weight"][3]
    assert "1 of 2 registered outcomes are computed" in words_of(held.get("/trials/NCT04044690"))
    data = held.get("/trials/NCT04044690.json").json()
    assert [(row["title"], row["outcomes"]) for row in data["coverage"]] == [("Responder Rate", ["C0"]),
                                                                            ("Mean weight", [])]  # fmt: skip
    assert "C1" in data["not_in_record"]


def test_the_schedule_is_a_drawing_with_every_visit(held):
    answer = held.get("/trials/NCT04044690/schedule.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    texts = {text.text for text in ET.fromstring(answer.text).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314
    assert {"1", "5", "25", "53", "Double-blind", "IgPro20", "Placebo"} <= texts
    assert 'alt="Schedule of RECLAIIM' in held.get("/trials/NCT04044690").text
    assert held.get("/trials/DRKS99990000/schedule.svg").status_code == 404


def test_the_plain_page_says_what_the_command_says(held, invented, tmp_path, capsys):
    file = tmp_path / "study.json"
    file.write_text(invented.study(refreshed="2021-02-01", size=44, primary="Physician global activity", weeks=24))
    assert run(["record", "plain", str(file), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    page = words_of(held.get(f"/trials/{invented.REGISTER_ID}/plain"))
    for answer in told["answers"]:
        assert answer["question"] in page
        assert all(line in page for line in answer["lines"])
    assert "You are pregnant or breastfeeding." in page
    for criterion in told["criteria"]:
        assert all(gloss["plain"] in page for gloss in criterion["glosses"])
    assert "For research; not medical advice" in page
    record = held.get(f"/trials/{invented.REGISTER_ID}/plain.json").json()["record"]
    kept = ("criteria", "outcomes", "answers", "about_myositis")
    assert {name: record[name] for name in kept} == {name: told[name] for name in kept}


def test_versions_and_what_changed(held, invented, tmp_path):
    found = held.get(f"/trials/{invented.REGISTER_ID}/versions.json").json()
    first, second = [each for each in found["versions"] if each["main_id"] == invented.REGISTER_ID]
    assert [first["latest"], second["latest"]] == [False, True]
    assert (first["refreshed"], first["source"]) == ("2020-02-01", "1-study.json")
    address = f"/trials/{invented.REGISTER_ID}/versions"
    asked = {"from": first["sha256"][:12], "to": second["sha256"]}
    invented.write(tmp_path)
    expected = compare_versions(read_record(tmp_path / "1-study.json"), read_record(tmp_path / "2-study.json"))
    assert held.get(f"{address}.json", params=asked).json()["changes"] == expected.to_dict()
    page = words_of(held.get(address, params=asked))
    assert "Muscle strength [Week 12]" in page
    assert "target size changed 40 44" in page
    assert f"{len(expected.changes)} changes, {len(expected.major)} major" in page
    older = words_of(held.get(f"/trials/{invented.REGISTER_ID}", params={"version": first["sha256"]}))
    assert "This is one version of the record" in older
    assert "40 people are planned" in older
    assert held.get(address, params={"from": "0" * 64, "to": second["sha256"]}).status_code == 404
    assert held.get(address, params={"from": "xyz"}).status_code == 422
    alone = held.get("/trials/NCT04044690/versions")
    assert "One version is held" in words_of(alone)
    assert "Show what changed" not in alone.text


def test_trials_side_by_side_say_where_each_cell_is_from(held, invented):
    names = ["NCT04044690", invented.REGISTER_ID]
    found = held.get("/trials/compare.json", params={"trial": names}).json()
    lines = {line["label"]: line for line in found["lines"]}
    assert lines["Condition"]["verdict"] == "same"
    assert lines["Phase"]["verdict"] == "differs"
    assert lines["Visits, weeks"]["verdict"] == "partly stated"
    (planned,), (invented_size,) = lines["Planned"]["cells"]
    assert planned == {"lines": ["126"], "sources": ["definition", "ClinicalTrials.gov (page of another site), undated"]
                       } or planned["sources"][1].startswith("ClinicalTrials.gov")  # fmt: skip
    assert invented_size == {"lines": ["44"], "sources": ["ClinicalTrials.gov, refreshed 2021-02-01"]}
    assert lines["Criteria"]["cells"][1][0]["lines"] == ["2 inclusion", "1 exclusion"]
    assert lines["What is given"]["cells"][1][0]["lines"] == ["inventine: 2 g/kg every 4 weeks"]
    assert "≠ differs" in words_of(held.get("/trials/compare", params={"trial": names}))
    assert held.get("/trials/compare.json").json()["trials"] == [
        "NCT02347891",
        "NCT02728752",
        "NCT04044690",
        "NCT05832034",
    ]
    assert held.get("/trials/compare", params={"trial": ["NCT04044690", "none", "neither"]}).status_code == 422
    faults = held.get("/trials/compare.json", params={"trial": ["none", "neither"]}).json()["faults"]
    assert [fault["got"] for fault in faults] == ["none", "neither"]
    nine = [f"DRKS9999{number:04d}" for number in range(9)]
    assert held.get("/trials/compare", params={"trial": nine}).status_code == 422
    assert held.get("/trials/compare", params={"trial": nine[:8]}).status_code == 200


def test_an_outcome_tells_how_to_have_it_without_the_page(bare, capsys):
    data = bare.get("/trials/NCT04044690/outcomes/C0.json").json()
    assert run(data["command"].split()[1:]) == 0
    by_command = capsys.readouterr().out
    exec(data["python"], {})  # noqa: S102 - that what the page says runs is what is tested
    assert capsys.readouterr().out.split() == by_command.split()
    assert by_command.startswith("C0  Primary  Responder Rate")
    page = words_of(bare.get("/trials/NCT04044690/outcomes/C0"))
    assert data["command"] in page
    for told in (
        "composite (non-response): rescue",
        "Multiple imputation, missing at random",
        "second hand",
        "week 25",
    ):
        assert told in page
    assert len(data["sensitivity"]) == 6


@pytest.mark.parametrize("q", [
    "'", '"', "%", "--", "*", "a OR b NOT", "NEAR(a b)", "title:x", "x" * 200, "x" * 201, "'; DROP TABLE record; --",
    "\x00", "\x1b[31m", "a\x00b", "\ud800".encode("utf-8", "surrogatepass"), "🧪",
    "{{7*7}}", "../etc/passwd", "a " * 90,
])  # fmt: skip
def test_strange_words_are_words(held, q):
    for address in ("/trials", "/trials.json", "/trials.csv"):
        assert held.get(address, params={"q": q}).status_code in {200, 422}, address
    facets = ("condition", "drug", "sponsor", "phase", "status", "country", "masking", "subtype")
    for fields in (facets, ("sort",), ("page",)):
        assert held.get("/trials", params=dict.fromkeys(fields, q)).status_code in {200, 422}, fields


@pytest.mark.parametrize("name", [
    "'", "%22", "%25", "..%2F..%2Fetc%2Fpasswd", "%00", "x" * 201, "x" * 5000, "' OR 1=1 --", "NCT04044690%00",
    "%F0%9F%A7%AA", "%ED%A0%80", "%0d%0aSet-Cookie:a=b", "{{7*7}}", "a/plain", "-1", "*",
])  # fmt: skip
def test_strange_numbers_find_nothing(held, name):
    for suffix in ("", ".json", "/plain", "/versions", "/schedule.svg", "/outcomes/C0", "?record=0", "?version=zz"):
        answer = held.get(f"/trials/{name}{suffix}")
        assert 400 <= answer.status_code < 500, suffix
        assert "set-cookie" not in answer.headers
    assert held.get("/trials/compare", params={"trial": name}).status_code < 500


def test_a_store_is_only_read(held, record_store, invented):
    def state():
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in record_store.parent.glob("*.*")}

    before = state()
    for address in ("/trials?q=myos*", f"/trials/{invented.REGISTER_ID}", f"/trials/{invented.REGISTER_ID}/versions"):
        assert held.get(address).status_code == 200
    assert state() == before


def test_a_store_that_goes_away_is_told(record_store, tmp_path):
    copy = tmp_path / "records.db"
    shutil.copy(record_store, copy)
    client = TestClient(create_app(Settings(store=copy)))
    assert client.get("/trials").status_code == 200
    copy.unlink()
    assert client.get("/trials").status_code == 503
    assert str(tmp_path) not in client.get("/trials").text
    copy.write_bytes(b"no store at all" * 100)
    assert client.get("/trials.json").status_code == 503


def test_the_server_does_not_start_with_what_is_no_store(tmp_path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("notes" * 50)
    assert run(["serve", "--store", str(file), "--port", "99999"]) == 3
    told = capsys.readouterr().err
    assert "this file is no store of records" in told
    assert "the port is out of range" in told


def test_every_twin_is_typed_in_the_document(held):
    paths = held.get("/openapi.json").json()["paths"]
    for path in JSON_PAGES:
        answers = paths[path]["get"]["responses"]
        assert "$ref" in answers["200"]["content"]["application/json"]["schema"], path
        assert {"404", "422", "503"} <= set(answers), path


def test_every_twin_is_as_its_document_says(held, invented):
    document = held.get("/openapi.json").json()
    for path in JSON_PAGES:
        for name in ("NCT04044690", invented.REGISTER_ID):
            answer = held.get(path.format(name=name, outcome="C0"), params={"q": "invented"})
            if answer.status_code == 404:  # only a definition has an outcome with an address
                assert "outcomes" in path
                continue
            schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            checker = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
            assert next(checker.iter_errors(answer.json()), None) is None, path


def test_the_real_record_of_a_definition(shared, tmp_path, capsys):
    store = tmp_path / "records.db"
    assert run(["record", "add", str(shared / "seeds"), "--store", str(store)]) in {0, 1}  # one seed has no number
    client = TestClient(create_app(Settings(store=store)))
    data = client.get("/trials/NCT04044690.json").json()
    assert len(data["coverage"]) == 40  # 1 primary and 39 secondary outcomes, as the register counts
    assert {row["answer"] for row in data["coverage"]} == {"computed"}
    assert data["not_in_record"] == []
    for row in data["coverage"]:
        for outcome in row["outcomes"]:
            assert client.get(f"/trials/NCT04044690/outcomes/{outcome}").status_code == 200
    assert "23 comparison signs are lost" in words_of(client.get("/trials/NCT04044690"))
