"""``/study/upload``: what is sent is read apart, told about in full, kept for a while in memory and nowhere else."""

import io
import re
import tempfile
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

import myotrial as mt
from myotrial.web.app import Settings, create_app
from myotrial.web.security import MOST_UPLOAD
from myotrial.web.study.opening import studies
from myotrial.web.study.unpacking import MOST_UNPACKED

TRIAL = "NCT04044690"
MARK = "Marker-that-nobody-logs"


@pytest.fixture(scope="module")
def receiver(small_trial, small_folder):
    """Return a client of a server whose own definition may be chosen; it has a study of its own too."""
    return TestClient(create_app(Settings(small_folder, str(small_trial))), follow_redirects=False)


@pytest.fixture(autouse=True)
def clean_disk():
    """Forget what a test sent; what lay on the disk is gone after."""
    before = set(left_behind())
    yield
    sent = [(word, opened.everybody) for word, opened in studies()._sent.items()]
    assert not any(file for folder in set(left_behind()) - before for file in folder.iterdir())  # read, and gone
    for word, job in sent:
        studies().forget(word)
        for future in job.stages.values():
            future.exception(60)
    deadline = time.monotonic() + 60
    while set(left_behind()) - before:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left_behind():
    return [file for file in Path(tempfile.gettempdir()).iterdir() if file.name.startswith("myotrial-")]


def tables(folder):
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def archive(files, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def send(client, files, *, address="/study/upload", trial=TRIAL, **data):
    parts = [("files", (name, content)) for name, content in files.items()]
    return client.post(address, data={"trial": trial, **data}, files=parts)


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_sent_can_be_looked_at_and_is_masked(receiver, small_folder, small_trial, packed):
    files = tables(small_folder)
    answer = send(receiver, {"study.zip": archive(files)} if packed else files)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert re.fullmatch(r"/study/uploaded/[\w-]{32}", address)
    page = receiver.get(address)
    assert page.status_code == 200
    assert "40 subjects" in page.text
    assert "Masked" in page.text
    assert "Forget it now" in page.text
    told = receiver.get(f"{address}/check.json").json()
    assert told["readable"] is True
    assert told["tables"]["visits"] == len(files["visits.csv"].splitlines()) - 1
    names = [arm.label.split()[0] for arm in mt.load_trial(small_trial).arms]
    for path in ("", "/check", "/outcomes/C0", "/subjects", "/subjects.csv", "/subjects/S001.json", ".json"):
        text = receiver.get(f"{address}{path}").text
        assert not any(re.search(name, text, re.IGNORECASE) for name in names), path
        if path.count("/") < 2 and "." not in path:
            assert f'href="{address}' in text, path
    assert receiver.post(f"{address}/forget").status_code == 303
    assert receiver.get(address).status_code == 404


def test_what_is_sent_is_unsealed_where_that_is_asked_for(receiver, small_folder):
    answer = send(receiver, tables(small_folder), address="/study/upload.json", unsealed="yes")
    assert answer.status_code == 201
    address = answer.json()["address"]
    assert "Quimbyline" in receiver.get(f"{address}/outcomes/C0").text or receiver.get(f"{address}/flow.json").json()
    arms = {row["arm"] for row in receiver.get(f"{address}/flow.json").json()["flow"]}
    assert arms == {"zorblatine_7", "quimbyline"}


def test_what_was_sent_is_forgotten_when_its_time_is_over(receiver, small_folder):
    address = send(receiver, tables(small_folder)).headers["location"]
    word = address.rpartition("/")[2]
    assert receiver.get(address).status_code == 200
    studies()._sent[word].expires = 0.0
    assert receiver.get(address).status_code == 404
    assert word not in studies()._sent
    assert receiver.get("/study/uploaded/guessed").status_code == 404


def test_every_fault_is_told_at_once(receiver, small_folder):
    files = tables(small_folder)
    visits = pl.read_csv(io.BytesIO(files["visits.csv"]), infer_schema=False).with_row_index()
    wrong = visits.with_columns(
        mmt=pl.when(pl.col("index") == 2).then(pl.lit("999")).otherwise("mmt"),
        haq_di=pl.when(pl.col("index") == 4).then(pl.lit("much")).otherwise("haq_di"),
    )
    answer = send(receiver, files | {"visits.csv": wrong.drop("index").write_csv().encode()})
    assert answer.status_code == 422
    assert "999" in answer.text
    assert "much" in answer.text
    assert "2 faults" in answer.text
    told = send(receiver, files | {"visits.csv": wrong.drop("index").write_csv().encode()},
                address="/study/upload.json")  # fmt: skip
    assert {(fault["row"], fault["column"]) for fault in told.json()["faults"]} == {(4, "mmt"), (6, "haq_di")}


VISITS = b"subject_id,week,physician_global_cm,patient_global_cm,mmt,haq_di,extramuscular_cm\n"
WHOLE = io.BytesIO()
pl.DataFrame({"subject_id": ["A"], "week": [1]}).write_parquet(WHOLE)
BOMB = archive({"visits.csv": b"0" * (MOST_UNPACKED + 1)})
HOSTILE = {
    "another name": ({"passwd.csv": VISITS}, "no name of a table"),
    "another kind": ({"visits.exe": b"MZ"}, "no name of a table"),
    "a path up": ({"../../visits.csv": VISITS}, "no name of a table"),
    "a whole path": ({"/etc/visits.csv": VISITS}, "no name of a table"),
    "a path in an archive": ({"s.zip": archive({"../visits.csv": VISITS})}, "no name of a table"),
    "a folder in an archive": ({"s.zip": archive({"study/visits.csv": VISITS})}, "no name of a table"),
    "an archive in an archive": ({"s.zip": archive({"s.zip": archive({"visits.csv": VISITS})})}, "no name of a table"),
    "an archive that is none": ({"s.zip": b"PK\x03\x04" + b"x" * 90}, "archive is damaged"),
    "an archive by its name only": ({"s.zip": VISITS}, "no archive"),
    "an archive that unpacks to too much": ({"s.zip": BOMB}, "unpacks to more"),
    "an archive with other files": ({"s.zip": archive({"visits.csv": VISITS}), "events.csv": b"a"}, "with other files"),
    "parquet cut short": ({"visits.parquet": WHOLE.getvalue()[:-5]}, "no whole Parquet"),
    "parquet that is junk": ({"visits.parquet": b"PAR1" + b"\xff" * 400 + b"PAR1"}, "damaged"),
    "parquet under csv": ({"visits.csv": WHOLE.getvalue()}, "no CSV file"),
    "junk": ({"visits.csv": bytes(range(256)) * 40}, "no CSV file"),
    "a million columns": ({"visits.csv": b",".join(b"c" for _ in range(1_000_000)) + b"\n1"}, "too many columns"),
    "letters that cannot be read": ({"visits.csv": b"\xff\xfe" + VISITS + b"\xd8"}, ""),
    "nothing in it": ({"visits.csv": b""}, ""),
    "no visits": ({"events.csv": b"subject_id,day,kind,reason\n"}, "no visit table"),
    "one name twice": ({"visits.csv": VISITS, "VISITS.CSV": VISITS}, "one name"),
    "json that is none": ({"visits.csv": VISITS + b"A,1,1,1,1,1,1\n", "simulated.json": b"[1"}, "simulated"),
    "a formula for a name": ({"=cmd()": b"x"}, "no name of a table"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_may_not_be_sent_is_refused_in_words(receiver, what, caplog, capfd):
    files, words = HOSTILE[what]
    answer = send(receiver, {name: data + (MARK.encode() if name == "events.csv" else b"")
                             for name, data in files.items()})  # fmt: skip
    assert answer.status_code == 422, answer.text[-400:]
    assert words in answer.text
    assert "fault" in answer.text
    assert "Traceback" not in answer.text
    assert MARK not in caplog.text + "".join(capfd.readouterr())
    assert receiver.get("/tis").status_code == 200


def test_what_is_too_large_is_refused(receiver):
    large = send(receiver, {"visits.csv": b"x" * (MOST_UPLOAD + 1)})
    assert large.status_code == 413

    def chunks():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="visits.csv"\r\n\r\n'
        for _ in range(MOST_UPLOAD // 1_000_000 + 1):
            yield b"x" * 1_000_000

    streamed = receiver.post("/study/upload", content=chunks(),
                             headers={"content-type": "multipart/form-data; boundary=b"})  # fmt: skip
    assert streamed.status_code == 413
    assert receiver.post("/tis", content=b"x" * 1_000_001).status_code == 413  # no more than before, elsewhere
    assert receiver.get("/tis").status_code == 200


def test_what_is_no_form_of_files_is_refused(receiver):
    for body, kind in ((b"{}", "application/json"), (b"trial=x", "application/x-www-form-urlencoded"),
                       (b"--b\r\n", "multipart/form-data"), (b"junk", "multipart/form-data; boundary=b"),
                       (b"", "")):  # fmt: skip
        for address in ("/study/upload", "/study/upload.json"):
            answer = receiver.post(address, content=body, headers={"content-type": kind})
            assert answer.status_code == 422, (body, kind)
    many = [("files", (f"f{number}.csv", b"x")) for number in range(20)]
    assert receiver.post("/study/upload", data={"trial": TRIAL}, files=many).status_code == 422
    assert send(receiver, {}).status_code == 422
    strange = send(receiver, {"visits.csv": VISITS}, trial="../../etc/passwd")
    assert strange.status_code == 422
    assert "no such trial" in strange.text


def test_what_is_sent_lies_in_memory_while_it_comes(receiver, small_folder, monkeypatch):
    """A form's files are not laid on the disk by whoever reads the form."""
    rolled = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", rolled.append)
    send(receiver, {"visits.csv": VISITS + b"x" * 3_000_000})
    assert rolled == []


def test_the_page_by_keyboard_without_a_script(browser, small_trial, small_folder, find_violations, open_page):
    page = open_page(javascript=False, width=320, height=640)
    page.goto("/study/upload")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Trial").select_option(TRIAL)
    sent = [{"name": name, "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"} for name in ("visits.csv", "odd.csv")]
    page.get_by_label("Tables").set_input_files(sent)
    page.get_by_role("button", name="Open").focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "odd.csv" in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    scripted = open_page()
    scripted.goto("/study/upload")
    assert find_violations(scripted) == []
    tree = scripted.locator("main").aria_snapshot()
    for line in ('heading "Look at a study of your own" [level=1]', 'combobox "Trial"', 'button "Tables"',
                 'checkbox "Show the arms: the allocation is unsealed"', 'button "Open"'):  # fmt: skip
        assert line in tree, line
