"""``myotrial serve``: the web application on this machine."""

import secrets
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.output import show_note, show_text
from myotrial.model.errors import BadInput, Fault
from myotrial.trials.loading import load_trial

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve(
    *,
    trial: str | None = None,
    study: Path | None = None,
    unsealed: Annotated[bool, Parameter(negative=())] = False,
    host: str = "127.0.0.1",
    port: int = 8765,
) -> None:
    """Open the web application: calculator, classification, instruments, trials, and a study if one is given.

    Parameters
    ----------
    trial
        The trial that the study belongs to: the id of a definition, or a YAML file.
    study
        A folder of study tables to look at. No other file can be reached.
    unsealed
        Show the arms of the study; without it everybody is shown together.
    host
        The address to listen on. Beyond this machine a token is needed, which is printed.
    port
        The port to listen on.
    """
    try:
        import uvicorn  # noqa: PLC0415

        from myotrial.web.app import Settings, create_app  # noqa: PLC0415
    except ImportError as error:
        raise BadInput([Fault("not_installed", f"the web application is an extra: {error.name} is not installed",
                              hint="install myotrial[web]")]) from None  # fmt: skip
    faults = []
    if (trial is None) != (study is None):
        faults.append(Fault("bad_option", "a study and its trial go together", column="--study"))
    if study is not None and not study.exists():
        faults.append(Fault("no_file", "there is no such folder", str(study), column="--study"))
    if not 0 < port < 65536:
        faults.append(
            Fault("bad_option", "the port is out of range", column="--port", got=str(port), expected="1 to 65535")
        )
    if faults:
        raise BadInput(faults)
    if trial is not None:
        load_trial(trial)
    token = None if host in LOOPBACK else secrets.token_urlsafe(24)
    settings = Settings(study, trial, unsealed, token, frozenset({host}))
    show_text(f"http://{host}:{port}/" + (f"?token={token}" if token else ""))
    show_note("Nothing is kept and nothing leaves this machine. Stop with Ctrl-C. For research; not medical advice.")
    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", access_log=False, server_header=False)
