"""``/study/upload``: somebody's own tables, read in a process of its own, kept in memory for a while and only there."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from myotrial.model.errors import BadInput, Fault
from myotrial.trials.loading import list_trials, load_trial
from myotrial.web.pages import show_page
from myotrial.web.security import MOST_UPLOAD
from myotrial.web.study.answers import UploadAnswer, UploadTerms
from myotrial.web.study.looking import BUSY
from myotrial.web.study.opening import KEPT_SECONDS, MOST_UPLOADS, SENT, studies
from myotrial.web.study.tasks import READ, Reading
from myotrial.web.study.unpacking import MOST_UNPACKED, find_file_faults, known_names
from myotrial.web.study.worker import BusyError

router = APIRouter()

MOST_FILES = 10
SENDING_SECONDS = 60
"""How long somebody may take to send the files."""

_AT_ONCE = 2
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["trial", "files"], "properties": {
        "trial": {"type": "string"}, "unsealed": {"type": "string", "enum": ["yes"]},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}}}}}  # fmt: skip
_TOLD: dict[int | str, dict[str, Any]] = {
    408: {"description": "It took too long to send", "content": {"text/plain": {}, "application/json": {}}}
}


class _InMemory(MultiPartParser):
    """A form whose files stay in memory: the largest body is smaller than what would be laid on a disk."""

    spool_max_size = MOST_UPLOAD + 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent."""

    trial: str
    unsealed: bool
    files: dict[str, bytes]


class _Counter:
    """How many are sending."""

    sending = 0


@router.get("/study/upload", response_class=HTMLResponse)
def show_form(request: Request) -> HTMLResponse:
    """Show the form."""
    return _page(request, "", unsealed=False, faults=[])


@router.post("/study/upload", response_class=HTMLResponse, openapi_extra=_BODY,
             responses={**_TOLD, 303: {"description": "Read; its pages stand at the address given"}})  # fmt: skip
async def take_form(request: Request) -> Response:
    """Read what is sent, and lead to its pages; or show every fault of it."""
    sent: Sent | None = None
    try:
        sent = await _receive(request)
        word = await _open(sent)
    except BadInput as error:
        faults = [asdict(fault) for fault in error.faults]
        return _page(
            request, sent.trial if sent else "", unsealed=bool(sent and sent.unsealed), faults=faults, status=422
        )
    return RedirectResponse(f"/study/uploaded/{word}", 303)


@router.get("/study/upload.json")
def describe_upload(request: Request) -> UploadTerms:
    """Tell what may be sent."""
    return UploadTerms(trials=list(_trials(request)), files=known_names(), most_bytes=MOST_UPLOAD, seconds=SENT.seconds,
                       most_bytes_unpacked=MOST_UNPACKED, minutes_kept=KEPT_SECONDS // 60,
                       studies_kept=MOST_UPLOADS)  # fmt: skip


@router.post("/study/upload.json", status_code=201, openapi_extra=_BODY, responses=_TOLD)
async def take_data(request: Request) -> UploadAnswer:
    """Read what is sent, and tell where it can be looked at."""
    word = await _open(await _receive(request))
    return UploadAnswer(address=f"/study/uploaded/{word}", minutes=KEPT_SECONDS // 60)


@router.post("/study/uploaded/{word}/forget", include_in_schema=False)
def forget(word: str) -> Response:
    """Forget what was sent."""
    studies().forget(word)
    return RedirectResponse("/study/upload", 303)


async def _open(sent: Sent) -> str:
    try:
        opened = studies().begin_sent(sent.trial, sent.files, masked=not sent.unsealed)
    except BusyError:
        raise HTTPException(503, BUSY, {"retry-after": "30"}) from None
    reading: Reading = await opened.everybody.get(READ)
    if reading.study is None:
        raise BadInput(reading.faults)
    word = studies().keep(opened)
    asyncio.get_running_loop().call_later(KEPT_SECONDS + 1, studies().forget_old)
    return word


async def _receive(request: Request) -> Sent:
    """Return what is sent.

    Raises
    ------
    HTTPException
        408: it took too long; 413: it is too large; 503: too many are sending.
    BadInput
        It is no form, or holds what it may not.
    """
    if _Counter.sending >= _AT_ONCE:
        raise HTTPException(503, BUSY, {"retry-after": "30"})
    _Counter.sending += 1
    try:
        async with asyncio.timeout(SENDING_SECONDS):
            form = await _InMemory(request.headers, _stream(request), max_files=MOST_FILES, max_fields=10).parse()
            return await _sent(form, _trials(request))
    except TimeoutError:
        raise HTTPException(408, "It took too long to send the files.") from None
    except ClientDisconnect:
        raise HTTPException(413, f"The files are larger than {MOST_UPLOAD:,} bytes in all.") from None
    except (MultiPartException, KeyError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        message = error.message if isinstance(error, MultiPartException) else "the request holds no form of files"
        raise BadInput([Fault("not_a_form", message, expected="multipart/form-data")]) from None
    finally:
        _Counter.sending -= 1


async def _stream(request: Request) -> AsyncGenerator[bytes, None]:
    async for chunk in request.stream():
        yield chunk


async def _sent(form: FormData, trials: dict[str, str]) -> Sent:
    faults: list[Fault] = []
    files: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and name == "files" and (value.filename or value.size):
            filename = value.filename or ""
            if filename.lower() in {each.lower() for each in files}:
                faults.append(Fault("two_tables", "two files have one name", filename[:80]))
            files[filename] = await value.read()
    await form.close()
    trial = form.get("trial")
    if not isinstance(trial, str) or trial not in trials:
        faults.append(Fault("unknown_trial", "there is no such trial", column="trial", got=str(trial)[:60],
                            expected=", ".join(trials)))  # fmt: skip
    faults += find_file_faults(files)
    if faults:
        raise BadInput(faults)
    return Sent(trials[str(trial)], form.get("unsealed") == "yes", files)


def _trials(request: Request) -> dict[str, str]:
    """Return the trials that may be chosen: name → what it is loaded by; that of the server's own study among them."""
    own = request.app.state.settings.trial
    return {name: name for name in list_trials()} | ({load_trial(own).id: own} if own else {})


def _page(
    request: Request, trial: str, *, unsealed: bool, faults: list[dict[str, Any]], status: int = 200
) -> HTMLResponse:
    trials = {name: load_trial(source) for name, source in _trials(request).items()}
    return show_page(
        "study/upload.html", "/study", status, trial=trial, unsealed=unsealed, faults=faults, most=MOST_UPLOAD // 10**6,
        trials={name: each.acronym or each.title for name, each in trials.items()}, names=known_names(),
        minutes=KEPT_SECONDS // 60, kept=MOST_UPLOADS, seconds=int(SENT.seconds),
    )  # fmt: skip
