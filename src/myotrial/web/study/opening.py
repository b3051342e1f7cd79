"""Studies that are open: read and analysed once, in a process of their own, and kept for a few choices of subjects."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from myotrial.study.narrowing import Wanted
from myotrial.study.reading import StudyData
from myotrial.web.study.filters import Filters
from myotrial.web.study.tasks import ANALYSED, DRAWN, STAGES, WRITTEN, NarrowTask, OpenTask, Question, TablesTask
from myotrial.web.study.worker import Job, Limits, Worker

KEPT_SECONDS = 30 * 60
"""How long an uploaded study is kept, in memory alone."""

MOST_UPLOADS = 4
"""Uploaded studies that are kept at once; the oldest makes room."""

MOST_OWN = 4
"""Studies of the server that are kept: one, and what it was before its folder was changed."""

MOST_HELD = 6
"""Choices of subjects that are kept for a study, beside everybody; and files of tables."""

OWN = Limits(seconds=1_800)
"""What the study that the server was started with may use."""

SENT = Limits(seconds=60, memory_bytes=3_000_000_000, space_bytes=4_000_000_000)
"""What a study that somebody sent may use."""


@dataclass(slots=True)
class Opened:
    """A study that was opened: everybody, and some choices of subjects.

    Attributes
    ----------
    question
        Which trial, and whether it is masked.
    label
        What the folder is called in commands.
    everybody
        The work on all subjects.
    expires
        When it is forgotten, on the clock of ``time.monotonic``; ``None`` where it stays.
    """

    question: Question
    label: str
    everybody: Job
    worker: Worker
    limits: Limits
    expires: float | None = None
    views: "OrderedDict[str, Job]" = field(default_factory=OrderedDict)
    written: "OrderedDict[tuple[str, ...], Job]" = field(default_factory=OrderedDict)

    def seconds_left(self) -> float:
        """Return how much longer it is kept."""
        return 0.0 if self.expires is None else max(0.0, self.expires - time.monotonic())

    def view(self, study: StudyData, filters: Filters) -> Job:
        """Return the work on the subjects that fit; it is begun where it was not."""
        wanted: Mapping[str, Wanted] = filters.wanted()
        if not wanted:
            return self.everybody
        task = NarrowTask(self.question, study, wanted)
        return _held(self.views, filters.key(), lambda: self.worker.begin(task, (ANALYSED, DRAWN), self.limits))

    def write(self, key: tuple[str, ...], task: TablesTask) -> Job:
        """Return the work on tables to hand in; it is begun where it was not."""
        return _held(self.written, key, lambda: studies().tables_worker.begin(task, (WRITTEN,), self.limits))


class Studies:
    """Every open study: the one that the server was started with, and those that were sent to it."""

    def __init__(self) -> None:
        self.own_worker, self.sent_worker = Worker(running=1, waiting=6), Worker(running=2, waiting=2)
        self.tables_worker = Worker(running=1, waiting=6)
        self._own: OrderedDict[tuple[Any, ...], Opened] = OrderedDict()
        self._sent: OrderedDict[str, Opened] = OrderedDict()

    def open_own(self, trial: str, folder: Path, *, masked: bool) -> Opened:
        """Return the study of the server; a folder that was changed is read anew.

        Raises
        ------
        BusyError
            Too much waits already.
        """
        key = (trial, str(folder), masked, _stamp(folder))
        if key not in self._own:
            question = Question(_found(trial), masked)
            job = self.own_worker.begin(OpenTask(question, folder.absolute()), STAGES, OWN)
            self._own[key] = Opened(question, folder.name or "study", job, self.own_worker, OWN)
            while len(self._own) > MOST_OWN:
                self._own.popitem(last=False)
        self._own.move_to_end(key)
        return self._own[key]

    def begin_sent(self, trial: str, files: Mapping[str, bytes], *, masked: bool) -> Opened:
        """Read what somebody sent, in a folder that only this server can read and that is removed after.

        Raises
        ------
        BusyError
            Too much waits already.
        """
        folder, question = TemporaryDirectory(prefix="myotrial-"), Question(_found(trial), masked)
        try:
            task = OpenTask(question, Path(folder.name), dict(files))
            job = self.sent_worker.begin(task, STAGES, SENT, after=_removing(folder))
        except BaseException:
            folder.cleanup()
            raise
        return Opened(question, "study", job, self.sent_worker, SENT, time.monotonic() + KEPT_SECONDS)

    def keep(self, opened: Opened) -> str:
        """Keep a study for a while; return the word that leads to it, which nobody can guess."""
        self.forget_old()
        word = secrets.token_urlsafe(24)
        self._sent[word] = opened
        while len(self._sent) > MOST_UPLOADS:
            self.forget(next(iter(self._sent)))
        return word

    def find_sent(self, word: str) -> Opened | None:
        """Return a study that was sent; ``None`` where nobody sent it or its time is over."""
        self.forget_old()
        return self._sent.get(word)

    def forget(self, word: str) -> None:
        """Forget a study that was sent, and end what is still being worked out of it."""
        opened = self._sent.pop(word, None)
        if opened is not None:
            for job in (opened.everybody, *opened.views.values(), *opened.written.values()):
                job.give_up()

    def forget_old(self) -> None:
        """Forget every study whose time is over."""
        now = time.monotonic()
        for word in [word for word, opened in self._sent.items() if (opened.expires or now) <= now]:
            self.forget(word)

    def stop(self) -> None:
        """End all work, and forget what was sent."""
        self._own.clear()
        self._sent.clear()
        self.own_worker.stop()
        self.sent_worker.stop()
        self.tables_worker.stop()


@cache
def studies() -> Studies:
    """Return the open studies of this process."""
    return Studies()


def _held(kept: "OrderedDict[Any, Job]", key: Any, begin: Callable[[], Job]) -> Job:
    """Return what is kept under a key, begun where it is not there; what was used longest ago makes room."""
    if key not in kept:
        kept[key] = begin()
    kept.move_to_end(key)
    while len(kept) > MOST_HELD:
        kept.popitem(last=False)
    return kept[key]


def _removing(folder: TemporaryDirectory[str]) -> Callable[[], None]:
    return folder.cleanup


def _found(trial: str) -> str:
    """Return a definition's id, or the whole path of its file: a process of its own may stand elsewhere."""
    file = Path(trial)
    return str(file.absolute()) if file.is_file() else trial


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return the files with when they were changed: a study that was changed is read anew."""
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    told = [(file.name, file.stat()) for file in files if file.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in told)
