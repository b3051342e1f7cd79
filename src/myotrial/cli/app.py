"""The commands by name, and how an error becomes an exit status."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from myotrial import __version__
from myotrial.cli.output import show_faults, show_problem
from myotrial.model.errors import BadInput, CannotEstimate, MyotrialError

EXIT_USAGE, EXIT_BAD_INPUT, EXIT_CANNOT_ESTIMATE, EXIT_INTERRUPTED = 2, 3, 4, 130

app = App(
    name="myotrial",
    version=f"myotrial {__version__}",
    help=(
        "Clinical trials in myositis: one trial definition in; scores, registered outcomes and a report out.\n\n"
        "For research; not medical advice."
    ),
)

app.command("myotrial.cli.demo:demo", name="demo")
app.command("myotrial.cli.score:score", name="score")
app.command("myotrial.cli.study:analyse", name="analyse")
app.command("myotrial.cli.study:report", name="report")

simulate = App(name="simulate", help="Simulate a study before there is one.")
simulate.command("myotrial.cli.study:simulate", name="study")
app.command(simulate)

trials = App(name="trials", help="The trial definitions.")
trials.command("myotrial.cli.trials:list_", name="list")
trials.command("myotrial.cli.trials:check", name="check")
trials.command("myotrial.cli.trials:coverage", name="coverage")
app.command(trials)

record = App(name="record", help="Read a trial's registry record.")
record.command("myotrial.cli.record:read", name="read")
app.command(record)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: Sequence[str]) -> int:
    """Run one command; return its exit status."""
    try:
        status = app(words, exit_on_error=False, print_error=True, result_action="return_value")
    except BrokenPipeError:
        # The reader of our output (``head``, a pager) has seen enough.
        sys.stderr.close()
        return 0
    except (CycloptsError, MyotrialError, KeyboardInterrupt) as error:
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
    show_problem(str(error))
    return EXIT_CANNOT_ESTIMATE if isinstance(error, CannotEstimate) else EXIT_BAD_INPUT


def _wants_json(words: Sequence[str]) -> bool:
    pairs = zip(words, [*words[1:], ""], strict=True)
    return any(word == "--format=json" or (word == "--format" and value == "json") for word, value in pairs)
