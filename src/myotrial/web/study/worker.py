"""Heavy or doubtful work in a process of its own: bounded in number, time and memory, ended where it goes beyond."""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from myotrial.model.errors import BadInput, CannotEstimate, Fault

try:
    import resource
except ImportError:  # a platform without limits for processes
    resource = None  # type: ignore[assignment]

Task = Callable[[], Iterator[tuple[str, Any]]]
"""Work that yields what it has found, stage by stage, each under its name."""

MOST_ANSWERED = 1_000_000_000
"""The largest answer of a stage that is taken, in bytes."""

PRELOADED = ["myotrial.web.study.tasks"]


class BusyError(Exception):
    """So much waits already that no more is taken on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may use.

    Attributes
    ----------
    seconds
        From its start to its end; then it is killed.
    memory_bytes
        Memory that it may write to.
    space_bytes
        Address space until the first stage is done: until then it reads what others wrote. (What draws figures later
        reserves far more than it uses.)
    """

    seconds: float
    memory_bytes: int = 8_000_000_000
    space_bytes: int | None = None


@dataclass(slots=True, eq=False)
class Job:
    """Work that was taken on: a future for each stage, done in this order or all ended by the first failure.

    Attributes
    ----------
    stages
        Stage → what it will have found.
    given_up
        Whether it is not to go on.
    process
        Where it is done, while it is.
    """

    stages: dict[str, Future[Any]]
    given_up: bool = False
    process: Any = field(default=None, repr=False)

    async def get(self, stage: str, patience_seconds: float | None = None) -> Any:
        """Wait for a stage without holding anybody up, and return what it found.

        Raises
        ------
        BadInput, CannotEstimate
            What the work came to.
        TimeoutError
            It was not there in time; the work goes on.
        """
        future = self.stages[stage]
        if not future.done():
            loop, there = asyncio.get_running_loop(), asyncio.Event()

            def wake(_: Future[Any]) -> None:
                with contextlib.suppress(RuntimeError):  # nobody waits any more
                    loop.call_soon_threadsafe(there.set)

            future.add_done_callback(wake)
            async with asyncio.timeout(patience_seconds):
                await there.wait()
        return future.result()

    def give_up(self) -> None:
        """End the work where it is still going on."""
        self.given_up = True
        process = self.process
        if process is not None:
            process.kill()


class Worker:
    """Processes for work of one kind.

    Parameters
    ----------
    running, waiting
        How many run at once, and how many more may wait.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(running, thread_name_prefix="study")
        self._most, self._lock = running + waiting, Lock()
        self._jobs: set[Job] = set()

    def begin(
        self, task: Task, stages: tuple[str, ...], limits: Limits, after: Callable[[], None] | None = None
    ) -> Job:
        """Take on work.

        Parameters
        ----------
        task
            What is to be done; it is pickled.
        stages
            The names of what it yields.
        limits
            What it may use.
        after
            Called once it is over, whatever it came to.

        Raises
        ------
        BusyError
            As much is taken on as may be.
        """
        job = Job({stage: Future() for stage in stages})
        with self._lock:
            if len(self._jobs) >= self._most:
                raise BusyError
            self._jobs.add(job)
        self._threads.submit(self._see_through, job, task, limits, after)
        return job

    def stop(self) -> None:
        """End all work, and what waits."""
        for job in list(self._jobs):
            job.give_up()

    def _see_through(self, job: Job, task: Task, limits: Limits, after: Callable[[], None] | None) -> None:
        error: Exception | None = None
        try:
            self._supervise(job, task, limits)
        except Exception as problem:  # noqa: BLE001  (whatever it is, those who wait are told)
            error = problem
        finally:
            if after is not None:
                after()
            with self._lock:
                self._jobs.discard(job)
            for future in job.stages.values():
                if not future.done():
                    future.set_exception(error or _ended("the work ended before it was done"))

    def _supervise(self, job: Job, task: Task, limits: Limits) -> None:
        if job.given_up:
            return
        ours, theirs = _context().Pipe(duplex=False)
        process = _context().Process(target=_work, args=(theirs, task, limits), daemon=True)
        deadline = time.monotonic() + limits.seconds
        process.start()
        theirs.close()
        job.process = process
        if job.given_up:  # meanwhile
            process.kill()
        try:
            while not all(future.done() for future in job.stages.values()):
                if not ours.poll(max(0.0, deadline - time.monotonic())):
                    raise _ended(f"it took more than {limits.seconds:g} seconds and was stopped")
                name, value = pickle.loads(ours.recv_bytes(MOST_ANSWERED))  # noqa: S301  (from our own process)
                if isinstance(value, Exception):
                    raise value
                job.stages[name].set_result(value)
        except (EOFError, OSError):
            raise _ended("it needed more memory than it may have, or broke the program that reads it") from None
        finally:
            ours.close()
            process.kill()
            process.join()
            job.process = None


@cache
def _context() -> Any:
    """Return how processes begin: from a server that has loaded what they need and none of this one's threads."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _ended(message: str) -> BadInput:
    return BadInput([Fault("not_done", message, hint="fewer or smaller tables may do")])


def _work(theirs: Connection, task: Task, limits: Limits) -> None:
    """Do the work, in the process: nothing of it is written anywhere but to the pipe."""
    _silence()
    _bound(limits)
    try:
        for name, value in task():
            theirs.send_bytes(pickle.dumps((name, value), pickle.HIGHEST_PROTOCOL))
            if resource is not None and limits.space_bytes is not None:
                resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
        theirs.send_bytes(pickle.dumps(("", _carried(error))))


def _carried(error: Exception) -> "_Carried":
    if isinstance(error, BadInput):
        return _Carried(BadInput, error.faults)
    if isinstance(error, CannotEstimate):
        return _Carried(CannotEstimate, str(error))
    if isinstance(error, MemoryError):
        return _Carried(BadInput, _ended("it needs more memory than it may have").faults)
    # told by its kind alone: its words could hold what was read
    return _Carried(BadInput, _ended(f"it could not be worked out ({type(error).__name__})").faults)


class _Carried:
    """An error on its way through the pipe, where it becomes itself again."""

    def __init__(self, kind: type[Exception], told: Any) -> None:
        self.kind, self.told = kind, told

    def __reduce__(self) -> tuple[Any, ...]:
        return self.kind, (self.told,)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _bound(limits: Limits) -> None:
    if resource is None:
        return
    bounds = {
        resource.RLIMIT_CORE: 0, resource.RLIMIT_CPU: int(limits.seconds * (os.cpu_count() or 1)) + 1,
        resource.RLIMIT_FSIZE: 200_000_000,
    }  # fmt: skip
    if sys.platform == "linux":
        bounds[resource.RLIMIT_DATA] = limits.memory_bytes
    for what, most in bounds.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    if limits.space_bytes is not None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limits.space_bytes, resource.RLIM_INFINITY))
