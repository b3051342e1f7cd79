"""Pages that are made from data are what `make pages` would write now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.trials.schema import schema_text

ROOT = Path(__file__).resolve().parents[1]


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list_criteria())
def test_evidence_pages(name: str) -> None:
    expected = _tool("write_evidence").page(load_criteria(name))
    assert (ROOT / "docs" / "evidence" / f"{name}.md").read_text(encoding="utf-8") == expected


def test_schema() -> None:
    assert (ROOT / "docs" / "schema" / "trial-definition.schema.json").read_text(encoding="utf-8") == schema_text()
