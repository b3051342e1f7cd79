"""Write docs/evidence/registry-compare.md: real records compared, and exported, with what was found.

    python tools/write_compare_evidence.py FOLDER

The folder holds the registry records, in ``seeds`` and ``samples/registry``; they are not part of this repository.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from evidence.usdm_checks import check_definition, load_validator

from myotrial.model.errors import BadInput
from myotrial.registry.compare.registers import compare_registers
from myotrial.registry.compare.side_by_side import RegisterComparison
from myotrial.registry.compare.versions import compare_versions
from myotrial.registry.export.record_json import parse_exported, records_to_json
from myotrial.registry.export.usdm import export_usdm
from myotrial.registry.reading import read_record, read_records
from myotrial.registry.record import TrialRecord

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence" / "registry-compare.md"
PAGES = "samples/registry/myositis_pages"
VERSIONS = (f"{PAGES}/NCT02347891_ctgov_ct2_record_2018.txt", "seeds/000_b3ea327bbd41e801.txt")
TRIALS = {
    "TIME IS MUSCLE": (
        "seeds/001_173595c731fa97ef.txt", f"{PAGES}/NL-OMON26160_medpath.txt",
        f"{PAGES}/CTIS_2024-516057-42-00_medpath.txt",
    ),
    "RECLAIIM": (
        "seeds/004_9861e5926bc956a8.txt", f"{PAGES}/NL-OMON55228_medpath.txt", f"{PAGES}/NCT04044690_ucbraid.txt",
    ),
}  # fmt: skip
EXPORTED = ("ctgov_v2_json", "ctgov_xml", "ctgov_classic_json", "multi_registry", "ictrp", "myositis_pages")
ENTRIES = ("outcome", "criterion")
SHOWN = 70

HEAD = """\
# Registry records compared and exported

What `record diff`, `record compare` and `record export` make of real records. The pages of other sites are those that
[Registry records](registry.md) lists; none is part of this repository. The findings that were read off the sources by
hand, before the code was asked, are asserted in `tests/registry/compare` and `tests/registry/export`.
"""
VERSIONS_HEAD = """\
## Two versions of one record

NCT02347891 (belimumab) as registered on 23 August 2018, against a page of it made after results were posted. The page
shows a part of the record and does not say which outcomes are primary: what it lacks is "not shown", never "dropped",
and a role that it does not state is "open". By hand: the response rate is measured otherwise, three outcomes are new,
flares are not among those shown.
"""
REGISTERS_HEAD = """\
## One trial in several registers

A register is one witness: a copy of its record never counts beside it. Ages that only the criteria state are taken from
there and marked. Entries "of one only" stand in no other record, or in words too unlike (likeness below {threshold}).
"""
EXPORT_HEAD = """\
## Exported

Every record of the samples as a USDM study definition, held against the schema that CDISC publishes for version 4, and
against itself; and as our own JSON, read back and compared. The schema refuses a study without titles (a test takes
them away from CDISC's own examples, and it must).
"""
END = """\
Not shown here: whether another program takes these definitions, as none was at hand, and CDISC's conformance rules
beyond the schema. What a definition has no place for (recruitment status, registration date, countries, results,
contacts) is told as a note with each export.
"""


def versions_table(old: TrialRecord, new: TrialRecord) -> str:
    """Return what changed, a row a change."""
    rows = [
        (change.field, change.kind, change.severity or "", *map(_quoted(change.field), (change.old, change.new)))
        for change in compare_versions(old, new).changes
        if change.kind != "not shown" or change.field == "outcomes"
    ]
    return _table(("field", "what", "how grave", "before", "after"), rows)


def registers_tables(name: str, found: RegisterComparison) -> str:
    """Return the records, the fields with what each says, and the outcomes and criteria by verdict."""
    held = [f"{place}. {source.name}: {source.witness or 'no identifier, not counted'}"
            for place, source in enumerate(found.sources, 1)]  # fmt: skip
    numbers = [str(place) for place in range(1, len(found.sources) + 1)]
    fields = [(row.field, row.verdict, *map(_short, row.values)) for row in found.rows if row.field not in ENTRIES]
    counts = Counter((row.field, row.verdict) for row in found.rows if row.field in ENTRIES)
    sums = [(field, verdict, str(number)) for (field, verdict), number in sorted(counts.items())]
    parts = [f"### {name}", "\n".join(held), _table(("field", "verdict", *numbers), fields),
             _table(("entry", "verdict", "number"), sums)]  # fmt: skip
    return "\n\n".join(parts)


def export_table(folder: Path) -> str:
    """Return how the exports of each folder fared."""
    validator = load_validator(folder / "usdm" / "USDM_API_v4.json")
    rows = []
    for name in EXPORTED:
        records = list(_read_all(folder / name))
        checks = [check_definition(validator, export_usdm(record).data) for record in records]
        sums = {what: sum(check[what] for check in checks) for what in checks[0]}
        equal = list(parse_exported(records_to_json(records))) == records
        rows.append((name, f"{len(records)}", *(f"{number:,}" for number in sums.values()), "yes" if equal else "NO"))
    names = ("folder", "records", *(f"faults: {what}" for what in list(sums)[:-1]), "instances", "JSON read back equal")
    return _table(names, rows)


def _read_all(folder: Path) -> Iterable[TrialRecord]:
    for file in sorted(folder.iterdir()):
        try:
            yield from read_records(file)
        except BadInput:  # a schema, a list of names
            continue


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _quoted(field: str) -> Callable[[str | None], str]:
    """Return what shows a value of a field; of a summary no more than that there is one."""
    return (lambda text: "(a text)" if text else "") if field == "summary" else _short


def _short(text: str | None) -> str:
    words = " ".join((text or "").replace("|", "/").split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN].rpartition(' ')[0]} …"


def main(arguments: Sequence[str]) -> int:
    """Write the page."""
    folder = Path(arguments[0])
    old, new = (read_record(folder / name) for name in VERSIONS)
    trials = {name: compare_registers([read_record(folder / file) for file in files]) for name, files in TRIALS.items()}
    threshold = next(iter(trials.values())).threshold
    parts = [HEAD, VERSIONS_HEAD, versions_table(old, new), "", REGISTERS_HEAD.format(threshold=threshold)]
    parts += [f"{registers_tables(name, found)}\n" for name, found in trials.items()]
    parts += [EXPORT_HEAD, export_table(folder / "samples" / "registry"), "", END]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
