"""A sample of the bad files on every run of the tests; all 2,000 with ``run_bad_files.py``."""

from pathlib import Path

import pytest
from measure import Score, Told, false_alarms, judge, measure, spoiled
from measure_second import second_run
from planting import CLASSES, Place, Planted

from myotrial.cli.app import run as myotrial
from myotrial.model.errors import Fault

SEED = 7


def test_a_file_of_every_class() -> None:
    """Every class of fault is told where it was planted, and nowhere else."""
    scores = measure(len(CLASSES), SEED)
    assert [problem for score in scores.values() for problem in score.problems] == []
    assert all(score.places and score.recall == 1 for score in scores.values())


def test_nothing_is_told_of_clean_files() -> None:
    assert false_alarms(40, SEED) == []


def test_the_second_mutator() -> None:
    count, problems = second_run(48, SEED)
    assert problems == []
    assert count.total() == 48


@pytest.mark.parametrize(
    "name", ["text in a number", "millimetres in a whole column", "subject that is not in the list", "row cut short"]
)
def test_through_the_command_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 3, the faults on stderr, nothing on stdout, and no traceback."""
    case, planted = spoiled(name, f"{SEED}/cli")
    for grid in case.grids.values():
        (tmp_path / grid.file).write_bytes(grid.data())
    monkeypatch.chdir(tmp_path)
    status = myotrial(["score", case.visits.file] if case.kind == "visits" else ["analyse", "NCT04044690", "."])
    captured = capsys.readouterr()
    assert (status, captured.out) == (3, "")
    assert "Traceback" not in captured.err
    for place in planted.places:
        assert f"row {place.row}" in captured.err


def test_the_measure_can_fail() -> None:
    """A miss, a fault told elsewhere and a crash are counted."""
    planted = Planted((Place(("out_of_range",), "v.csv", 5, "mmt"),))
    score = Score()
    judge(planted, Told(), score, "missed")
    judge(planted, Told((Fault("out_of_range", "", "v.csv", 6, "mmt"),)), score, "elsewhere")
    judge(planted, Told((Fault("not_whole", "", "v.csv", 5, "mmt"),)), score, "another kind")
    judge(planted, Told(crash="Traceback"), score, "crash")
    judge(planted, Told((Fault("out_of_range", "", "v.csv", 5, "mmt"),)), score, "told")
    assert (score.files, score.places, score.found, score.elsewhere) == (5, 5, 1, 1)
    assert len(score.problems) == 5
