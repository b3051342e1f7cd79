"""Write docs/evidence/registry.md: which items of the WHO data set each form of registry record fills.

    python tools/write_registry_evidence.py FOLDER [FOLDER ...]

The folders hold registry records; files in no known form are passed over and named at the end. The records
themselves are not part of this repository: docs/evidence/registry.md says where they came from.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from myotrial.model.errors import BadInput
from myotrial.registry.items import ITEMS, tabulate_fill
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence" / "registry.md"
BEGIN, END = "<!-- fill table: begin -->", "<!-- fill table: end -->"


def read_all(folders: Sequence[Path], passed_over: list[str]) -> Iterator[TrialRecord]:
    """Yield every record in the folders; name the files that hold none."""
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            try:
                yield from read_records(file)
            except BadInput:
                passed_over.append(file.name)


def table(fill: pl.DataFrame) -> str:
    """Return the fill table in Markdown: a row for each item, a column for each form."""
    forms = list(dict.fromkeys(fill["form"]))
    counts = {form: fill.filter(form=form)["records"][0] for form in forms}
    lines = [
        "| | item | " + " | ".join(f"{form} ({counts[form]})" for form in forms) + " |",
        "|---|---|" + "---|" * len(forms),
    ]
    for item in ITEMS:
        cells = [_cell(fill.filter(form=form, number=item.number).row(0, named=True)) for form in forms]
        lines.append(f"| {item.number} | {item.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: dict[str, object]) -> str:
    words = str(row["filled"]) if row["in_form"] or row["filled"] else "no place"
    return f"{words} + {row['left_out']} left out" if row["left_out"] else words


def main(arguments: Sequence[str]) -> int:
    """Replace the table between the two marks of the page."""
    passed_over: list[str] = []
    made = table(tabulate_fill(read_all([Path(name) for name in arguments], passed_over)))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(passed_over)} files hold no record: {', '.join(passed_over)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
