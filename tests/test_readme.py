"""The README says what is so: its examples run, its tree is the tree on disk, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from myotrial.cli.app import run

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", _fenced("python"))
def test_python_examples_print_what_they_say(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    printed = capsys.readouterr().out.strip()
    said = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    if said:
        assert printed == "\n".join(said)


def test_shell_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_text: Path | None) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [
        line.removeprefix("$ myotrial ").split(" > ")[0].split(" # ")[0].split()
        for block in _fenced("console")
        for line in block.splitlines()
        if line.startswith("$ myotrial") and not line.startswith("$ myotrial serve")  # it goes on until stopped
    ]
    assert len(commands) >= 5
    example = ROOT / "src/myotrial/data/examples/infliximab13/visits_uln_men.csv"
    (tmp_path / "visits.csv").write_bytes(example.read_bytes())
    if record_text is not None:
        (tmp_path / "record.txt").write_bytes(record_text.read_bytes())
        other = record_text.parents[1] / "samples/registry/myositis_pages/NL-OMON55228_medpath.txt"
        (tmp_path / "other-register.txt").write_bytes(other.read_bytes())
    order = sorted(commands, key=lambda words: words[0] != "simulate")
    for words in order:
        if record_text is None and {"record.txt", "records.db"} & set(words):
            continue
        found_something = "--check" in words or "compare" in words  # as with diff: that has a status of its own
        assert run(words) == int(found_something), words


def test_the_tree_is_the_tree_on_disk() -> None:
    tree = next(block for block in _fenced("text") if "src/myotrial/" in block)
    shown = set(re.findall(r"[├└]── (\w+)/", tree))
    home = ROOT / "src" / "myotrial"
    on_disk = {path.name for path in home.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert shown == on_disk


def test_rooms_are_listed_in_the_order_of_the_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"layers = \[(.*?)\]", contract, flags=re.DOTALL)
    assert layers
    tree = next(block for block in _fenced("text") if "src/myotrial/" in block)
    shown = [name for name in re.findall(r"[├└]── (\w+)(?:/|\.py)", tree) if name != "data"]
    assert shown == re.findall(r'"(\w+)"', layers.group(1))


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if not link.startswith("http") and not (ROOT / link).exists()]
    assert not missing
