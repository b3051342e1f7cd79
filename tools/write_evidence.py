"""Write the evidence page of each published rule from its data file, so that no number is typed twice."""

from pathlib import Path

from evidence.classification import classification_page
from evidence.criteria import criteria_page
from evidence.instruments import instrument_page
from evidence.rules import rule_page

from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.instruments.definition import list_instruments, load_instrument

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "evidence"
FOLDERS = {"rules": "Rules of change", "classification": "Classifications", "instruments": "Instruments"}

INDEX = """\
# Evidence

What each rule and method was held against. Pages on criteria, rules, classifications and instruments are made from the
data files by `make pages`: ranges, weights and edges, each with its source and how sure that is, what no source
settles, and what becomes of missing values.
"""


def pages() -> dict[str, str]:
    """Return every page made from data, by its place in the folder; the index is among them."""
    found = {f"{name}.md": criteria_page(load_criteria(name)) for name in list_criteria()}
    found |= {f"rules/{name}.md": rule_page(load_rule(name)) for name in list_rules()}
    for name in list_classifications():
        found[f"classification/{name}.md"] = classification_page(load_classification(name))
    found |= {f"instruments/{name}.md": instrument_page(load_instrument(name)) for name in list_instruments()}
    return {**found, "README.md": index(found)}


def index(found: dict[str, str]) -> str:
    """Return the list of all pages: those made from data, and those beside them."""
    others = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
    by_hand = {name: text for name, text in others.items() if name not in found and name != "README.md"}
    parts = [INDEX, "## Response criteria\n", *_lines({name: found[name] for name in found if "/" not in name})]
    for folder, title in FOLDERS.items():
        parts += [f"\n## {title}\n", *_lines({name: text for name, text in found.items() if name.startswith(folder)})]
    parts += ["\n## Methods\n", *_lines(by_hand)]
    return "\n".join([*parts, "\nExpected numbers and the scripts that made them are in `tests/reference`.", ""])


def _lines(held: dict[str, str]) -> list[str]:
    return [f"- [{text.splitlines()[0].removeprefix('# ')}]({name})" for name, text in held.items()]


def main() -> None:
    """Write every page, and remove those whose data file is gone."""
    found = pages()
    for folder in FOLDERS:
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
        for path in (FOLDER / folder).glob("*.md"):
            if f"{folder}/{path.name}" not in found:
                path.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
