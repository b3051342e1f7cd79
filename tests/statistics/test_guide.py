"""The guide says what is so: its examples print what they say, and what it names exists."""

import re
from pathlib import Path

import pytest

from myotrial import statistics

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples_print_what_they_say(code, capsys):
    exec(compile(code, "statistics.md", "exec"), {})  # noqa: S102
    said = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    assert said
    assert capsys.readouterr().out.strip() == "\n".join(said)


def test_what_the_tables_name_exists():
    here = [row.split("|")[3] for row in GUIDE.splitlines() if row.startswith("| ") and row.count("|") == 4]
    names = {
        name
        for cell in here
        for name in re.findall(r"(?:estimate|fit|adjust|size|design|combine|find|impute)_\w+", cell)
    }
    assert len(names) > 25
    assert names - {"size_"} <= set(statistics.__all__)


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", GUIDE)
    assert links
    assert all((ROOT / "docs" / link).exists() for link in links)
