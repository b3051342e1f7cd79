"""One look at an open study: which study, which subjects of it, and what is known of them so far."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException

from myotrial.model.errors import BadInput, CannotEstimate, Fault
from myotrial.report.figure_sections import Section
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.web.study.filters import Filters, count_fitting
from myotrial.web.study.opening import Opened, studies
from myotrial.web.study.tasks import ANALYSED, DRAWN, READ, Analysis, Reading
from myotrial.web.study.worker import BusyError, Job

PATIENCE_SECONDS = 0.3
"""How long a page waits for what it can also show later."""

BUSY = "The server works on other studies; ask again in a minute."


@dataclass(slots=True)
class Look:
    """What a page shows a study by.

    Attributes
    ----------
    base
        The address under which the study's pages stand.
    uploaded
        Whether somebody sent it.
    n_fit, n_all
        Subjects who fit the filters, and all; 0 where the study could not be read.
    job
        The work on those who fit; ``None`` where nobody does.
    asking
        Whether a page that was shown before asks if there is more by now.
    """

    opened: Opened
    base: str
    uploaded: bool
    filters: Filters
    reading: Reading
    n_fit: int = 0
    n_all: int = 0
    job: Job | None = None
    asking: bool = False

    @property
    def masked(self) -> bool:
        """Whether the arms are withheld."""
        return self.opened.question.masked

    @property
    def trial(self) -> TrialDefinition:
        """The definition as it is shown."""
        return self.reading.trial

    @property
    def study(self) -> StudyData:
        """The tables with everybody.

        Raises
        ------
        BadInput
            With every fault, where they could not be read.
        """
        if self.reading.study is None:
            raise BadInput(self.reading.faults)
        return self.reading.study

    def outcome(self, name: str) -> Outcome:
        """Return an outcome by its id, or answer that there is none."""
        found = next((outcome for outcome in self.trial.outcomes if outcome.id == name), None)
        if found is None:
            raise HTTPException(404, "There is no such outcome.")
        return found

    async def analysis(self, patience_seconds: float | None = None) -> Analysis:
        """Wait for the analysis; for what it raises see :meth:`Job.get`."""
        found: Analysis = await self._job().get(ANALYSED, patience_seconds)
        return found

    async def sections(self, patience_seconds: float | None = None) -> list[Section]:
        """Wait for the figures."""
        found: list[Section] = await self._job().get(DRAWN, patience_seconds)
        return found

    async def faults(self) -> tuple[Fault, ...]:
        """Wait for the analysis of everybody, and return what was wrong with the study."""
        if self.reading.study is None:
            return self.reading.faults
        try:
            await self.opened.everybody.get(ANALYSED)
        except BadInput as error:
            return error.faults
        except CannotEstimate as error:
            return (Fault("cannot_estimate", str(error)),)
        return ()

    def _job(self) -> Job:
        if self.job is None:
            raise BadInput(self.reading.faults or [_nobody(self.filters)])
        return self.job


def _nobody(filters: Filters) -> Fault:
    return Fault("no_subject", "no subject fits all of these filters", got=filters.words())


async def look(request: Request, filters: Annotated[Filters, Query()]) -> Look:
    """Return the look that an address asks for; only reading is waited for."""
    return await look_at(request, filters)


async def look_at(request: Request, filters: Filters, patience_seconds: float | None = None) -> Look:
    """Return a look at the study of an address.

    Raises
    ------
    HTTPException
        404: there is no such study, or no longer; 503: too much waits already.
    BadInput
        A filter asks for what the study does not have.
    TimeoutError
        The tables are not read in time.
    """
    try:
        opened, base, uploaded = _find(request)
        reading: Reading = await opened.everybody.get(READ, patience_seconds)
        found = Look(opened, base, uploaded, filters, reading, asking="hx-request" in request.headers)
        if reading.study is None:
            return found
        subjects = reading.study.subjects
        found.n_all, found.n_fit = subjects.height, count_fitting(subjects, filters.wanted())
        found.job = opened.view(reading.study, filters) if found.n_fit else None
    except BusyError:
        raise HTTPException(503, BUSY, {"retry-after": "30"}) from None
    return found


def _find(request: Request) -> tuple[Opened, str, bool]:
    word = request.path_params.get("word")
    if word is not None:
        sent = studies().find_sent(word)
        if sent is None:
            raise HTTPException(404, "There is no such study, or it is no longer kept.")
        return sent, f"/study/uploaded/{word}", True
    settings = request.app.state.settings
    if settings.study is None or settings.trial is None:
        raise HTTPException(404, "The server was started without a study.")
    return studies().open_own(settings.trial, settings.study, masked=not settings.unsealed), "/study", False


Looked = Annotated[Look, Depends(look)]

BUSY_ANSWER: dict[int | str, dict[str, Any]] = {
    503: {"description": "Too much is being worked out already", "content": {"text/plain": {}, "application/json": {}}}
}
