"""Where a score is computed: here, or, while another one is, in a process of its own, so that nobody waits in a row."""

import asyncio
import os
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from multiprocessing import get_context
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool

from myotrial.web.tis.calculator import calculate
from myotrial.web.tis.form import Form

HELPERS = max(1, (os.cpu_count() or 1) - 1)


class Scorers:
    """Computes one score in this process and others beside it; a server that one person uses begins no process."""

    def __init__(self) -> None:
        self._here = Lock()
        self._beside: ProcessPoolExecutor | None = None
        self._warm: Future[Any] | None = None

    async def calculate(self, form: Form, *, quick: bool) -> dict[str, Any]:
        """Return what :func:`calculate` does."""
        if self._here.acquire(blocking=False):
            try:
                return await run_in_threadpool(calculate, form, quick=quick)
            finally:
                self._here.release()
        beside = self._ready()
        if beside is not None:
            try:
                return await asyncio.get_running_loop().run_in_executor(beside, partial(calculate, form, quick=quick))
            except (BrokenProcessPool, RuntimeError):  # it was killed or is ending: the answer is computed all the same
                self.stop()
        return await run_in_threadpool(calculate, form, quick=quick)

    def _ready(self) -> ProcessPoolExecutor | None:
        """Return the processes once they have read the rules; the first that would need them begins them."""
        if self._beside is None:
            self._beside = ProcessPoolExecutor(HELPERS, mp_context=get_context("forkserver"))
            self._warm = self._beside.submit(calculate, Form.example("acr-eular-2016-adult"))
        return self._beside if self._warm is not None and self._warm.done() else None

    def stop(self) -> None:
        """End the processes."""
        beside, self._beside, self._warm = self._beside, None, None
        if beside is not None:
            beside.shutdown(wait=False, cancel_futures=True)


@cache
def scorers() -> Scorers:
    """Return the scorers of this process."""
    return Scorers()
