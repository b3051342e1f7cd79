"""Read 2,000 spoiled files and 500 clean ones, print recall per class of fault, and fail below 0.98.

    python tests/study/mutations/run_bad_files.py [--files 2000] [--seed 20260101] [--page]

``--page`` keeps the figures in docs/evidence/bad-files.md.

The second mutator then asks its own questions of a quarter as many files. The exit status is 0 where each class has a
recall of at least 0.98, no fault is told elsewhere than planted, no clean file has one, and nothing but ``BadInput``
comes out of any file; else it is 1 and every miss is printed.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from measure import Score, false_alarms, measure
from measure_cli import cli_run
from measure_second import second_run

LEAST = 0.98
FILES = 2000
SEED = 20260101
PAGE = Path(__file__).resolve().parents[3] / "docs" / "evidence" / "bad-files.md"
HEAD = Path(__file__).with_name("bad-files-head.md")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found."""

    scores: dict[str, Score]
    clean: int
    alarms: list[str]
    second: Counter[str]
    second_problems: list[str]
    commands: int
    command_problems: list[str]

    @property
    def problems(self) -> list[str]:
        """Every miss, fault told elsewhere, false alarm and crash."""
        return [*(p for score in self.scores.values() for p in score.problems), *self.alarms, *self.second_problems,
                *self.command_problems]  # fmt: skip

    @property
    def passed(self) -> bool:
        """Whether every bound holds."""
        good = all(score.recall >= LEAST and not score.elsewhere for score in self.scores.values())
        crashed = any("Traceback" in problem for problem in self.problems)
        return good and not crashed and not self.alarms and not self.second_problems and not self.command_problems

    def table(self, *, markdown: bool = False) -> str:
        """Return recall per class of fault."""
        lines = [_row(("class of fault", "due", "files", "places", "found", "recall", "elsewhere"), markdown=markdown)]
        if markdown:
            lines.append("|---|---|---:|---:|---:|---:|---:|")
        for name, score in self.scores.items():
            cells = (name, "note" if score.noted else "fault", score.files, score.places, score.found,
                     f"{score.recall:.3f}", score.elsewhere)  # fmt: skip
            lines.append(_row(cells, markdown=markdown))
        summary = [f"- {line}" if markdown else line for line in self._summary()]
        return "\n".join([*summary, "", *lines] if markdown else [*lines, "", *summary])

    def _summary(self) -> list[str]:
        files = sum(score.files for score in self.scores.values())
        parts = {kind: [score for score in self.scores.values() if score.noted is kind] for kind in (False, True)}
        lines = [f"{files:,} spoiled files in {len(self.scores)} classes"]
        for noted, word in ((False, "faults"), (True, "notes")):
            found, places = (sum(getattr(s, name) for s in parts[noted]) for name in ("found", "places"))
            lines.append(f"{word} where {word} are due: {found:,} of {places:,}")
        worst = min((score.recall for score in self.scores.values()), default=1.0)
        return [
            *lines,
            f"lowest recall of a class: {worst:.3f} (at least {LEAST} is asked)",
            f"faults told elsewhere than planted: {sum(score.elsewhere for score in self.scores.values())}",
            f"clean files: {self.clean:,}; told of them: {len(self.alarms)}",
            f"second mutator: {self.second.total():,} files in {len(self.second)} classes",
            f"problems that the second mutator found: {len(self.second_problems)}",
            f"files through the command line: {self.commands}; not refused in good order: {len(self.command_problems)}",
        ]


def run(files: int = FILES, seed: int = SEED) -> Run:
    """Read that many spoiled files, a quarter as many clean ones, and a quarter as many of the second mutator."""
    quarter = max(files // 4, 32)
    scores = measure(files, seed)
    alarms = false_alarms(quarter, seed)
    count, problems = second_run(quarter, seed)
    return Run(scores, quarter, alarms, count, problems, *cli_run(seed))


def _row(cells: tuple[object, ...], *, markdown: bool) -> str:
    if markdown:
        return "| " + " | ".join(str(cell) for cell in cells) + " |"
    name, due, *numbers = (str(cell) for cell in cells)
    return f"{name:48} {due:6}" + "".join(f"{number:>10}" for number in numbers)


def main() -> int:
    """Run, print, and return the exit status."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--files", type=int, default=FILES)
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--page", action="store_true")
    given = words.parse_args()
    done = run(given.files, given.seed)
    sys.stdout.write(done.table() + "\n")
    if given.page:
        PAGE.write_text(f"{HEAD.read_text()}\nSeed {given.seed}.\n\n{done.table(markdown=True)}\n")
    for problem in done.problems:
        sys.stdout.write(problem + "\n")
    return 0 if done.passed else 1


if __name__ == "__main__":
    sys.exit(main())
