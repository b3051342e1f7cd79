"""What stands under every table: where its numbers come from, and what must be known of them."""

from collections.abc import Iterator
from hashlib import sha256

from myotrial.analysis.analyse import MASKED as MASKED_NOTE
from myotrial.analysis.results import Results
from myotrial.report.numbers import write_count
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

SIMULATED = "Simulated data: nobody was treated."
MASKED = "Masked: the allocation is withheld, everybody is shown together and nothing is compared."
RESEARCH = "For research; not medical advice."
SHOWN = 16
"""Digits of a hash that are printed."""


def source_lines(trial: TrialDefinition, results: Results, study: StudyData) -> tuple[str, ...]:
    """Return the last lines of every table: data, program, and what must be known of them."""
    return tuple(_lines(trial, results, study))


def all_notes(results: Results, study: StudyData) -> tuple[str, ...]:
    """Return what was noticed in the data, once each; that the results are masked is told by itself."""
    notes = dict.fromkeys([*study.notes, *results.provenance.get("notes", ())])
    return tuple(note for note in notes if note != MASKED_NOTE)


def _lines(trial: TrialDefinition, results: Results, study: StudyData) -> Iterator[str]:
    digest = sha256(study.canonical_csv()).hexdigest()[:SHOWN]
    subjects = write_count(study.subjects.height)
    yield f"Data: {_origin(study)}, {subjects} subjects, SHA-256 {digest}…"
    yield f"Definition: {trial.id}{_definition(results)}"
    yield f"Program: {_program(results)}."
    yield from (f"Subjects: {note}." for note in all_notes(results, study) if note.startswith("narrowed to"))
    if study.simulated:
        yield SIMULATED
    if results.provenance.get("masked"):
        yield MASKED
    yield RESEARCH


def _origin(study: StudyData) -> str:
    if study.simulated:
        seed = study.simulated.get("seed")
        return "simulated" if seed is None else f"simulated with seed {seed}"
    return ", ".join(study.inputs) if study.inputs else "tables handed over in memory"


def _definition(results: Results) -> str:
    digest = results.provenance.get("definition", {}).get("sha256")
    return f", SHA-256 {digest[:SHOWN]}…" if digest else "."


def _program(results: Results) -> str:
    software = results.provenance.get("software", {})
    name = f"myotrial {software['myotrial']}" if "myotrial" in software else "myotrial"
    return f"{results.provenance.get('command') or 'myotrial.analyse, myotrial.write_tables'} ({name})"
