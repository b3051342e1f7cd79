"""A masked run holds no allocation: not in its data, not in its results, not in what it says."""

import pytest

from myotrial.cli.app import run
from myotrial.model.errors import BadInput
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import read_study
from myotrial.trials.loading import load_trial

TRIAL = "NCT04044690"
SECRETS = ("quokka", "wombat")
"""Names of arms that stand nowhere else, so that finding one means that it leaked."""


@pytest.fixture
def folder(tmp_path):
    """Write a study and a definition whose arms have names that stand nowhere else."""
    trial = load_trial(TRIAL)
    simulate_study(trial, 60, seed=4).write(tmp_path / "study")
    for file in (tmp_path / "study").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        for arm, secret in zip(("igpro20", "placebo"), SECRETS, strict=True):
            text = text.replace(arm, secret)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "study"


def leaked(text):
    return [secret for secret in SECRETS if secret in text.lower()]


@pytest.mark.parametrize("arguments", [("--format", "json"), ("--format", "csv"), ()])
def test_results_hold_no_arm(folder, capsys, arguments):
    assert run(["analyse", TRIAL, str(folder), "--masked", *arguments]) == 0
    said = capsys.readouterr()
    assert leaked(said.out + said.err) == []
    assert "all" in said.out


def test_the_report_holds_no_arm(folder, tmp_path, capsys):
    target = tmp_path / "masked.html"
    assert run(["report", TRIAL, str(folder), "--masked", "--subjects", "--output", str(target)]) == 0
    said = capsys.readouterr()
    assert leaked(target.read_text(encoding="utf-8") + said.out + said.err) == []


def test_faults_hold_no_arm(folder, capsys):
    """An arm in a wrong row, a row too long, an arm that differs between tables, a drug that is not known."""
    subjects = folder / "subjects.csv"
    lines = subjects.read_text(encoding="utf-8").splitlines()
    lines[3] += f",{SECRETS[0]}"
    lines[4] = lines[4].replace(lines[4].split(",")[0], lines[5].split(",")[0])
    subjects.write_text("\n".join(lines) + "\n", encoding="utf-8")
    doses = folder / "doses.csv"
    doses.write_text(
        "subject_id,drug,start_day,end_day,dose_mg,per,route,purpose\n"
        f"S001,{SECRETS[0]},1,x,{SECRETS[1]},day,oral,study\n"
        f"S001,{SECRETS[1]},1,,5,day,oral,stduy\n",
        encoding="utf-8",
    )
    assert run(["analyse", TRIAL, str(folder), "--masked"]) == 3
    said = capsys.readouterr()
    assert "fault" in said.err
    assert leaked(said.out + said.err) == []


def test_the_same_faults_unmasked_name_the_arm(folder):
    """So that the test above can fail: the reader does show what it takes out of a masked run."""
    visits = (folder / "visits.csv").read_text(encoding="utf-8").splitlines()
    subjects = (folder / "subjects.csv").read_text(encoding="utf-8").splitlines()
    first = next(secret for secret in SECRETS if secret in subjects[1])
    other = SECRETS[1 - SECRETS.index(first)]
    text = "\n".join([f"{visits[0]},arm", *(f"{line},{other}" for line in visits[1:])])
    (folder / "visits.csv").write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read_study(folder, 1)
    assert leaked(str(error.value))
    assert "arm" not in read_study(folder, 1, masked=True).visits.frame.columns


def test_masked_data_have_no_column_of_arms(folder):
    study = read_study(folder, 1, masked=True)
    assert "arm" not in study.subjects.columns
    assert "arm" not in study.visits.frame.columns
    if study.infusions.height:
        assert study.infusions["dose_g"].null_count() == study.infusions.height
