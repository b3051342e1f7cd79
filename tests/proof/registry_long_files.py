"""Files of many registry records, as long as wished, and what it costs to read them to their end.

    python tests/proof/registry_long_files.py --megabytes 200 [folder of records ...]

The records are those of the folders, or the small ones that registry_fuzz.py holds, over and over with other numbers.
Each file is read by a process of its own through ``read_records``; its memory is the most that process ever held.
"""

import argparse
import csv
import io
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "evidence" / "registry.md"
BEGIN, END = "<!-- long files: begin -->", "<!-- long files: end -->"
KINDS = (
    "WHO export, CSV", "WHO export, XML", "ClinicalTrials.gov, JSON list", 'ClinicalTrials.gov, {"studies": [...]}',
    "ClinicalTrials.gov, one study a line",
)  # fmt: skip
_NUMBER = re.compile(r"NCT\d{8}")
_READ = """\
import json, resource, sys, time
from myotrial.registry.reading import read_records
began = time.process_time()
numbers, last, faults = 0, None, 0
for record in read_records(sys.argv[1]):
    numbers, last = numbers + 1, record.main_id
try:  # where there is /proc: getrusage counts what the process was before it became this one, too
    status = open("/proc/self/status").read()
    most = int(status.split("VmHWM:")[1].split()[0]) * 1024
except OSError:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([numbers, last, most, time.process_time() - began]))
"""


@dataclass(frozen=True)
class Cost:
    """What it cost to read a file to its end."""

    kind: str
    bytes: int
    written: int
    records: int
    last: str | None
    memory_bytes: int
    seconds: float


@dataclass(frozen=True)
class Sources:
    """Records to repeat: rows of the CSV export with their names, trials of the XML, studies of the API."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    trials: Sequence[str]
    studies: Sequence[str]


def read_sources(folders: Sequence[Path], small: Mapping[str, str]) -> Sources:
    """Return the records of folders, with those that are lacking there from the small ones."""
    names: list[str] = []
    rows: list[list[str]] = []
    trials: list[str] = []
    studies: list[str] = []
    for file in (file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()):
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".csv" and "trialid" in text[:4000].lower() and not rows:
            names, *rows = csv.reader(io.StringIO(text))
        elif "<Trials_downloaded_from_ICTRP" in text[:4000]:
            trials += re.findall(r"<Trial>.*?</Trial>", text, re.DOTALL)
        elif file.suffix == ".json" and '"protocolSection"' in text[:400]:
            study = json.loads(text)
            studies += [json.dumps(study, ensure_ascii=False)] if "protocolSection" in study else []
    if not rows:
        names, *rows = csv.reader(io.StringIO(small["CSV"]))
    return Sources(
        names, rows, trials or re.findall(r"<Trial>.*?</Trial>", small["EXPORT"], re.DOTALL), studies or [small["V2"]]
    )


def _renumbered(texts: Sequence[str]) -> Iterator[str]:
    for number in itertools.count():
        yield _NUMBER.sub(f"NCT{number:08d}", texts[number % len(texts)])


def _rows(sources: Sources) -> Iterator[str]:
    place = [name.lower() for name in sources.names].index("trialid")
    for number in itertools.count():
        row = list(sources.rows[number % len(sources.rows)])
        row[place] = f"NCT{number:08d}"
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue()


def write(kind: str, sources: Sources, file: Path, size: int) -> int:
    """Write a file of a kind, about so many bytes long; return how many records it has."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(sources.names)
    root = "Trials_downloaded_from_ICTRP"
    parts: dict[str, tuple[str, Iterable[str], str, str]] = {
        KINDS[0]: (line.getvalue(), _rows(sources), "", ""),
        KINDS[1]: (f"<{root}>", _renumbered(sources.trials), "\n", f"</{root}>"),
        KINDS[2]: ("[", _renumbered(sources.studies), ",\n", "]"),
        KINDS[3]: ('{"totalCount": 1, "studies": [', _renumbered(sources.studies), ",", '], "nextPageToken": "x"}'),
        KINDS[4]: ("", _renumbered(sources.studies), "\n", "\n"),
    }
    before, records, between, after = parts[kind]
    count = written = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(before)
        for record in records:
            written += out.write(between + record if count else record)
            count += 1
            if written >= size:
                break
        out.write(after)
    return count


def measure(kind: str, sources: Sources, size: int) -> Cost:
    """Write a file of a kind and read it to its end in a process of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "records"
        written = write(kind, sources, file, size)
        done = subprocess.run([sys.executable, "-c", _READ, str(file)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stderr)
        records, last, memory, seconds = json.loads(done.stdout)
        return Cost(kind, file.stat().st_size, written, records, last, memory, seconds)


def table(costs: Iterable[Cost]) -> str:
    """Return the costs in Markdown."""
    lines = ["| file | MB | records | seconds of processor time | records a second | MB of memory at most |",
             "|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    lines += [
        f"| {cost.kind} | {cost.bytes / 1e6:.0f} | {cost.records:,} | {cost.seconds:.0f} "
        f"| {cost.records / cost.seconds:,.0f} | {cost.memory_bytes / 1e6:.0f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def write_page(costs: Iterable[Cost]) -> None:
    """Put the costs into the evidence page."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(costs)}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Run from the command line."""
    sys.path.insert(0, str(Path(__file__).parent))
    import registry_fuzz  # type: ignore[import-not-found]  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--megabytes", type=float, default=200.0)
    parser.add_argument("--page", action="store_true", help="write the figures into docs/evidence/registry.md")
    options = parser.parse_args()
    sources = read_sources(options.folders, vars(registry_fuzz))
    costs = []
    for kind in KINDS:
        costs.append(measure(kind, sources, int(options.megabytes * 1e6)))
        sys.stdout.write(f"{costs[-1]}\n")
        sys.stdout.flush()
    if options.page:
        write_page(costs)
    return 0 if all(cost.records == cost.written for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
