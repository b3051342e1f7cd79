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
    except CycloptsError:
        return EXIT_USAGE
    except BadInput as error:
        show_faults(error, as_json=_wants_json(words))
        return EXIT_BAD_INPUT
    except CannotEstimate as error:
        show_problem(str(error))
        return EXIT_CANNOT_ESTIMATE
    except MyotrialError as error:
        show_problem(str(error))
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        show_problem("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (``head``, a pager) has seen enough.
        sys.stderr.close()
        return 0
    return status if isinstance(status, int) else 0


def _wants_json(words: Sequence[str]) -> bool:
    pairs = zip(words, list(words[1:]) + [""], strict=True)
    return any(word == "--format=json" or (word == "--format" and value == "json") for word, value in pairs)
