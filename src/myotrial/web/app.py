"""The application: every page in one place, and nothing that is kept between two requests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from myotrial.model.errors import BadInput, CannotEstimate
from myotrial.web import about
from myotrial.web.answers import RESPONSES
from myotrial.web.classify import page as classify
from myotrial.web.instruments import page as instruments
from myotrial.web.pages import HERE, show_page
from myotrial.web.security import Guard
from myotrial.web.study import page as study
from myotrial.web.tis import page as tis
from myotrial.web.trials import page as trials


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server is started with.

    Attributes
    ----------
    study
        A study folder that may be looked at, with the trial it belongs to; ``None`` for none.
    trial
        The id of a definition, or a YAML file.
    unsealed
        Whether the arms of the study are shown.
    token
        Needed as soon as others than this machine can ask.
    hosts
        Names under which the server may be asked for, beside those of loopback.
    store
        A store of registry records, which is read and never written; ``None`` for none.
    """

    study: Path | None = None
    trial: str | None = None
    unsealed: bool = False
    token: str | None = None
    hosts: frozenset[str] = frozenset()
    store: Path | None = None


def create_app(settings: Settings | None = None) -> Guard:
    """Return the application, guarded.

    Examples
    --------
    >>> from fastapi.testclient import TestClient
    >>> TestClient(create_app()).get("/tis").status_code
    200
    """
    settings = settings or Settings()
    app = FastAPI(
        title="myotrial", docs_url=None, redoc_url=None, responses=RESPONSES,
        description="Scores and outcomes of myositis trials. For research; not medical advice.",
    )  # fmt: skip
    app.state.settings = settings
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for page in (tis, classify, instruments, trials, study, about):
        app.include_router(page.router)
    app.add_api_route("/", _home, methods=["GET"], include_in_schema=False)
    app.add_api_route("/healthy", _healthy, methods=["GET"])
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(CannotEstimate, _cannot)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    return Guard(app, hosts=settings.hosts, token=settings.token)


def _home() -> Response:
    return RedirectResponse("/tis", status_code=307)


def _healthy() -> dict[str, str]:
    """Tell that the server answers."""
    return {"status": "ok"}


def _wants_json(request: Request) -> bool:
    return request.url.path.endswith(".json") or "application/json" in request.headers.get("content-type", "")


async def _bad_input(request: Request, error: Any) -> Response:
    faults = error.to_dicts()
    if _wants_json(request):
        return JSONResponse({"faults": faults}, status_code=422)
    return show_page("error.html", "", 422, title="The input has faults", faults=faults)


async def _cannot(request: Request, error: Any) -> Response:
    if _wants_json(request):
        return JSONResponse({"faults": [{"message": str(error)}]}, status_code=422)
    return show_page("error.html", "", 422, title="It could not be estimated", faults=[{"message": str(error)}])


async def _http(request: Request, error: Any) -> Response:
    if _wants_json(request):
        return JSONResponse({"faults": [{"message": str(error.detail)}]}, status_code=error.status_code)
    if error.status_code == 404:
        return show_page("error.html", "", 404, title="There is no such page", faults=[])
    return PlainTextResponse(f"{error.detail}\n", status_code=error.status_code)


async def _invalid(request: Request, error: Any) -> Response:
    faults = [{"column": ".".join(map(str, each["loc"])), "message": str(each["msg"])} for each in error.errors()]
    if _wants_json(request):
        return JSONResponse({"faults": faults}, status_code=422)
    return show_page("error.html", "", 422, title="The request has faults", faults=faults)
