"""The commands by name, and how an error becomes an exit status."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from myotrial import __version__
from myotrial.cli.output import show_faults, show_problem
from myotrial.model.errors import BadInput, CannotEstimate, MyotrialError

EXIT_USAGE, EXIT_BAD_INPUT, EXIT_CANNOT_ESTIMATE, EXIT_INTERRUPTED = 2, 3, 4, 130
EXIT_STATUS = (
    "Exit status: 0 done; 1 done, and the answer is no; 2 the command was called wrongly; 3 bad input, every fault "
    "listed; 4 could not be estimated."
)

app = App(
    name="myotrial",
    version=f"myotrial {__version__}",
    help=(
        "Clinical trials in myositis: one trial definition in; scores, registered outcomes and a report out.\n\n"
        "For research; not medical advice."
    ),
    help_epilogue=EXIT_STATUS,
)

GROUPS = {
    "classifications": "The published classifications of a person's myositis.",
    "simulate": "Simulate a study before there is one.",
    "instruments": "The instruments that items are scored by.",
    "trials": "The trial definitions.",
    "record": "Read registry records; keep every version of them, and find them.",
}

COMMANDS = (
    ("serve", "serve:serve", "Open the web application on this machine.", "myotrial serve"),
    (
        "doctor",
        "doctor:doctor",
        "Is this installation sound? Versions, hashes of the data files, and figures from outside computed anew.",
        "myotrial doctor",
    ),
    ("demo", "demo:demo", "Run one trial from its definition to a report, on simulated data.", "myotrial demo"),
    (
        "score",
        "score:score",
        "Score every follow-up visit of a visit table against the subject's baseline.",
        "myotrial score visits.csv --format csv > scores.csv",
    ),
    (
        "analyse",
        "study:analyse",
        "Compute every outcome of a trial from its study data.",
        "myotrial analyse NCT04044690 demo-output/study --format csv > results.csv",
    ),
    (
        "report",
        "study:report",
        "Write the report of a trial: one HTML file that needs no network; or its tables to hand in, as RTF.",
        "myotrial report NCT04044690 demo-output/study --output report.html",
    ),
    (
        "simulate study",
        "study:simulate",
        "Simulate the data of a trial and write its tables into a folder.",
        "myotrial simulate study NCT04044690 my-study --seed 1",
    ),
    (
        "classify",
        "classify:classify",
        "Classify people by published criteria: from a table of facts, or one person's facts typed in.",
        "myotrial classify --fact heliotrope=yes --fact gottron_sign=yes --fact onset_age_years=51 --explain",
    ),
    (
        "classifications list",
        "classify:list_",
        "List the published classifications.",
        "myotrial classifications list",
    ),
    (
        "classifications show",
        "classify:show",
        "Show a classification: its categories, the facts it reads, its options and its sources.",
        "myotrial classifications show bohan-peter-1975",
    ),
    (
        "instruments list",
        "instruments:list_",
        "List the instruments that items can be scored by.",
        "myotrial instruments list",
    ),
    (
        "instruments show",
        "instruments:show",
        "Show an instrument: its range, items, rule, options and sources.",
        "myotrial instruments show haq-di",
    ),
    (
        "instruments score",
        "instruments:score",
        "Score an instrument from a table of items, of totals, or of both.",
        "myotrial instruments score mmt8-bilateral items.csv --format csv > mmt8.csv",
    ),
    (
        "enzymes",
        "enzymes:enzymes",
        "Show the muscle enzymes of each visit: multiples of the upper limit of normal, and the most abnormal one.",
        "myotrial enzymes visits.csv",
    ),
    (
        "doses",
        "treatments:doses",
        "Show glucocorticoids in mg of prednisone per day, by how much they fell, taper and rescue.",
        "myotrial doses my-study --baseline-day 1 --format csv > doses.csv",
    ),
    (
        "adverse-events",
        "treatments:adverse_events",
        "Count treatment-emergent adverse events by arm and kind, with their rates.",
        "myotrial adverse-events my-study --window-days 28",
    ),
    ("trials list", "trials:list_", "List the trials whose definitions ship with myotrial.", "myotrial trials list"),
    (
        "trials show",
        "trials:show",
        "Print a trial, or one of its outcomes, to read.",
        "myotrial trials show NCT04044690",
    ),
    (
        "trials check",
        "trials:check",
        "Check a trial definition and tell every fault of it with its place.",
        "myotrial trials check my-trial.yaml",
    ),
    (
        "trials coverage",
        "trials:coverage",
        "List a record's outcomes with the definition's answer to each.",
        "myotrial trials coverage NCT04044690 --record record.txt",
    ),
    (
        "record read",
        "record:read",
        "Read a registry record (ClinicalTrials.gov, WHO ICTRP, EU CTIS, EudraCT, ISRCTN, a pasted page) and show it.",
        "myotrial record read record.json --check",
    ),
    (
        "record plain",
        "record_plain:plain",
        "Say a registry record in plain language, with the original beside every sentence.",
        "myotrial record plain record.txt --format html > plain.html",
    ),
    (
        "record add",
        "record_store:add",
        "Keep every record of files and folders in the store; an import that was broken off goes on.",
        "myotrial record add ICTRPFullExport.csv",
    ),
    (
        "record show",
        "record_store:show",
        "Show the records of a trial from all registers, by any of its numbers.",
        "myotrial record show NCT04044690",
    ),
    (
        "record list",
        "record_store:list_",
        "List the records of the store.",
        "myotrial record list --condition dermatomyositis --status recruiting",
    ),
    (
        "record search",
        "record_store:search",
        "Find records of the store by words, the best first.",
        "myotrial record search immune globulin --condition 'myos*' --phase 3",
    ),
    (
        "record versions",
        "record_store:versions",
        "List every version of the records that go by a number.",
        "myotrial record versions NCT04044690",
    ),
    (
        "record diff",
        "record_compare:diff",
        "Tell what changed between two versions of a registry record, in files or in the store.",
        "myotrial record diff NCT04044690",
    ),
    (
        "record compare",
        "record_compare:compare",
        "Hold the records of one trial in several registers side by side, and tell where they disagree.",
        "myotrial record compare ctgov.json ctis.json who.txt",
    ),
    (
        "record export",
        "record_export:export",
        "Write registry records as JSON, as CSV, or as a CDISC USDM v4 study definition.",
        "myotrial record export record.txt --to usdm --output study.json",
    ),
    (
        "record schema",
        "record_export:schema",
        "Write the JSON Schema of exported records.",
        "myotrial record schema > record.schema.json",
    ),
)
"""Every command: its words, where it lives (loaded when it is called), what it does, an example."""


def _register() -> None:
    groups = {name: App(name=name, help=text, help_epilogue=EXIT_STATUS) for name, text in GROUPS.items()}
    for below in groups.values():
        app.command(below)
    for words, home, text, example in COMMANDS:
        group, _, name = words.rpartition(" ")
        parent = groups[group] if group else app
        epilogue = f"Example: {example}\n\n{EXIT_STATUS}"
        parent.command(f"myotrial.cli.{home}", name=name, help=text, help_epilogue=epilogue)


_register()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: Sequence[str]) -> int:
    """Run one command; return its exit status."""
    try:
        status = app(words, exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output (``head``, a pager) has seen enough. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CycloptsError, MyotrialError, OSError, KeyboardInterrupt) as error:
        return _told(error, as_json=_wants_json(words))
    return status if isinstance(status, int) else 0


def _told(error: BaseException, *, as_json: bool) -> int:
    """Tell the user what went wrong; return the exit status."""
    if isinstance(error, CycloptsError):
        return EXIT_USAGE
    if isinstance(error, BadInput):
        show_faults(error, as_json=as_json)
        return EXIT_BAD_INPUT
    if isinstance(error, KeyboardInterrupt):
        show_problem("interrupted")
        return EXIT_INTERRUPTED
    if isinstance(error, OSError):  # a folder that is not there, a disk that is full, a file we may not write
        show_problem(f"{error.filename}: {error.strerror}")
        return EXIT_BAD_INPUT
    show_problem(str(error))
    return EXIT_CANNOT_ESTIMATE if isinstance(error, CannotEstimate) else EXIT_BAD_INPUT


def _wants_json(words: Sequence[str]) -> bool:
    pairs = zip(words, [*words[1:], ""], strict=True)
    return any(word == "--format=json" or (word == "--format" and value == "json") for word, value in pairs)
