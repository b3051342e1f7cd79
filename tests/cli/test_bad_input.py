"""A bad input through the command: exit status 3, nothing on stdout, every fault on stderr.

The installed command is run where the process is the point; the kinds of file go through the same function in process.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from myotrial.cli.app import run

MYOTRIAL = shutil.which("myotrial", path=str(Path(sys.executable).parent))
VISITS = """\
subject_id,week,physician_global_cm,patient_global_cm,mmt,haq_di,extramuscular_cm
A1,0,6.5,5.5,120,1.5,3.5
A1,16,63,4.0,many,1.0,1.0
"""


def myotrial(*words: str, folder: Path, text: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    assert MYOTRIAL, "the package is not installed"
    return subprocess.run([MYOTRIAL, *words], cwd=folder, input=text, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (VISITS.encode(), b"63 mm is 6.3 cm"),
        (b"", b"the file is empty"),
        (b"PAR1" + bytes(50), b"the Parquet file is cut short"),
        (b"PAR1" + bytes(50) + b"PAR1", b"the Parquet file is damaged"),
        (b"PK\x03\x04", b"Excel workbook"),
        (VISITS.encode().replace(b"A1,16", b'A1,"16'), b"a quote is opened and never closed"),
        (VISITS.replace("A1", "Ä1").encode("latin-1"), b"63 mm is 6.3 cm"),
        (None, b"the file is not there"),
    ],
    ids=["values", "empty", "cut", "damaged", "workbook", "quote", "Latin-1", "no file"],
)
def test_bad_input(
    data: bytes | None, says: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if data is not None:
        (tmp_path / "visits.csv").write_bytes(data)
    assert run(["score", "visits.csv"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert says.decode() in err
    assert "Traceback" not in err


def test_the_installed_command(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_bytes(VISITS.encode().replace(b"A1,16", b'A1,"16'))
    done = myotrial("score", "visits.csv", folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"a quote is opened and never closed" in done.stderr
    assert b"Traceback" not in done.stderr


def test_as_json(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(VISITS)
    done = myotrial("score", "visits.csv", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    faults = json.loads(done.stderr)["faults"]
    assert [(fault["row"], fault["column"], fault["code"]) for fault in faults] == [
        (3, "mmt", "not_a_number"),
        (3, "physician_global_cm", "out_of_range"),
    ]
    assert faults[1] == {
        "code": "out_of_range",
        "message": "Physician global activity is out of range",
        "file": "visits.csv",
        "row": 3,
        "column": "physician_global_cm",
        "got": "63",
        "expected": "0 to 10 cm",
        "hint": "is 63 in millimetres? 63 mm is 6.3 cm",
    }


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="no /dev/stdin here")
def test_from_a_pipe(tmp_path: Path) -> None:
    good = VISITS.replace("63", "6.3").replace("many", "130").encode()
    done = myotrial("score", "/dev/stdin", "--format", "csv", folder=tmp_path, text=good)
    assert done.returncode == 0
    assert done.stdout.startswith(b"subject_id,week,tis,")
