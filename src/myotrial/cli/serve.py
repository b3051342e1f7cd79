"""``myotrial serve``: the web application on this machine."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.output import show_note, show_text
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.store.store import Store
from myotrial.trials.loading import load_trial

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve(
    *,
    trial: str | None = None,
    study: Path | None = None,
    unsealed: Annotated[bool, Parameter(negative=())] = False,
    store: Path | None = None,
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
    store
        A store of registry records, as `myotrial record add --store records.db` writes it, to search and read beside
        the definitions. It is read and never written.
    host
        The address to listen on. Beyond this machine a token is needed, which is printed.
    port
        The port to listen on.
    """
    try:
        import uvicorn  # noqa: PLC0415

        from myotrial.web.app import Settings, create_app  # noqa: PLC0415
    except ImportError as error:
        if (error.name or "").startswith("myotrial"):
            raise
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
    faults += [*_faults_of_address(host, port), *_faults_of_store(store)]
    if faults:
        raise BadInput(faults)
    if trial is not None:
        load_trial(trial)
    token = None if host in LOOPBACK else secrets.token_urlsafe(24)
    settings = Settings(study, trial, unsealed, token, frozenset({host}), store)
    config = uvicorn.Config(create_app(settings), host=host, port=port, log_level="warning", access_log=False,
                            server_header=False)  # fmt: skip
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/" + (f"?token={token}" if token else "")

    class Server(uvicorn.Server):
        """Tells its address once it can be opened."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                show_text(address)
                show_note("Nothing is kept and nothing leaves this machine. Stop with Ctrl-C. "
                          "For research; not medical advice.")  # fmt: skip

    with suppress(KeyboardInterrupt):
        Server(config).run()


def _faults_of_address(host: str, port: int) -> tuple[Fault, ...]:
    """Tell whether something else listens there, or the address is not one of this machine's."""
    if not 0 < port < 65536:
        return ()
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        return (Fault("cannot_listen", f"the server cannot listen there: {error.strerror or error}", column="--port",
                      got=f"{host}:{port}", hint="another port may be free: --port 8766"),)  # fmt: skip
    return ()


def _faults_of_store(path: Path | None) -> tuple[Fault, ...]:
    """Tell what is wrong with a store now, not with the first page."""
    try:
        if path is not None:
            Store(path).close()
    except BadInput as error:
        return error.faults
    return ()
