"""The plain visit table that every odd and every bad file is made from, and the command line to read it with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from myotrial.cli.app import run

PLAIN = """\
subject_id,week,day,physician_global_cm,patient_global_cm,mmt,haq_di,extramuscular_cm,ck_u_per_l,ck_uln_u_per_l
A1,0,1,6.5,5.5,120,1.5,3.5,900,200
A1,4,29,5.5,5.0,128,1.25,3.0,1234,200
A1,12,85,2.5,4.0,140,1.0,1.0,300,200
A2,0,1,7.5,7.0,100,2.125,4.5,2500.5,170.5
A2,4,30,,7.0,110,2.0,4.0,1800,170
A2,12,84,3.0,6.5,118,1.875,2.0,,
"""


@pytest.fixture
def plain() -> str:
    return PLAIN


@pytest.fixture
def score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that writes bytes to a file, scores it, and gives exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(data: bytes | None, *options: str, name: str = "") -> tuple[int, str, str]:
        name = name or ("visits.parquet" if data and data[:4] == b"PAR1" else "visits.csv")
        if data is not None:
            Path(name).write_bytes(data)
        status = run(["score", name, *options])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call
