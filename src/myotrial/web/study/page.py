"""``/study``: the study that the server was started with, and those that are sent to it; masked until unsealed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI

from myotrial.web.study import checking, figures, outcomes, overview, subjects, tables, upload
from myotrial.web.study.looking import BUSY_ANSWER
from myotrial.web.study.opening import studies
from myotrial.web.study.worker import BusyError

PAGES = (overview, checking, tables, outcomes, figures, subjects)


@asynccontextmanager
async def opening(app: FastAPI) -> AsyncIterator[None]:
    """Begin with the server's study as soon as the server does; end all work with it."""
    settings = app.state.settings
    if settings.study is not None and settings.trial is not None:
        with suppress(BusyError):
            studies().open_own(settings.trial, settings.study, masked=not settings.unsealed)
    yield
    studies().stop()


router = APIRouter(lifespan=opening, responses=BUSY_ANSWER)
router.include_router(upload.router)
for page in PAGES:
    router.include_router(page.router, prefix="/study")
    router.include_router(page.router, prefix="/study/uploaded/{word}", include_in_schema=False)
