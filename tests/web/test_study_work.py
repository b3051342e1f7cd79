"""What a study asks of the server: bounded in number, time and memory, and nobody else waits for it."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx2
import pytest
from fastapi.testclient import TestClient

from myotrial.model.errors import BadInput
from myotrial.web.app import Settings, create_app
from myotrial.web.study.worker import BusyError, Limits, Worker


def test_many_who_wait_for_a_study_do_not_hold_up_the_calculator(small_trial, small_folder):
    app = create_app(Settings(small_folder, str(small_trial)))

    async def ask():
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", timeout=None) as client:
            await client.get("/tis")
            slow = [asyncio.create_task(client.get("/study/outcomes/C0.json?sex=male&age_to=70")) for _ in range(40)]
            await asyncio.sleep(0.1)
            quick = await asyncio.wait_for(client.get("/tis?example=true"), 20)
            waiting = sum(not task.done() for task in slow)
            answers = await asyncio.gather(*slow)
        return quick.status_code, waiting, {answer.status_code for answer in answers}

    with ThreadPoolExecutor(1) as apart:  # a browser of another test may have a loop of its own in this thread
        assert apart.submit(asyncio.run, ask()).result() == (200, 40, {200})


def test_work_beyond_its_limits_is_ended():
    worker = Worker(running=2, waiting=0)
    first = worker.begin(partial(time.sleep, 60), ("a",), Limits(seconds=0.5))
    second = worker.begin(partial(os._exit, 3), ("a",), Limits(seconds=60))
    with pytest.raises(BusyError):
        worker.begin(partial(time.sleep, 0), ("a",), Limits(seconds=1))
    with pytest.raises(BadInput, match=r"more than 0\.5 seconds"):
        first.stages["a"].result(30)
    with pytest.raises(BadInput, match="broke the program"):
        second.stages["a"].result(60)
    deadline = time.monotonic() + 20
    while True:
        try:
            third = worker.begin(partial(bytearray, 10**10), ("a",), Limits(seconds=60, memory_bytes=10**9))
            break
        except BusyError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with pytest.raises(BadInput, match="more memory"):
        third.stages["a"].result(60)


def test_too_much_waiting_is_refused(small_trial, small_folder, monkeypatch):
    from myotrial.web.study import opening  # noqa: PLC0415

    class Full(Worker):
        def begin(self, *_, **__):
            raise BusyError

    monkeypatch.setattr(opening.studies(), "own_worker", Full(1, 0))
    client = TestClient(create_app(Settings(small_folder, str(small_trial), unsealed=True)))
    opening.studies()._own.clear()
    answer = client.get("/study/outcomes/C0")
    opening.studies()._own.clear()
    assert answer.status_code == 503
    assert "ask again" in answer.text


def test_the_server_begins_with_its_study(small_trial, small_folder):
    from myotrial.web.study.opening import studies  # noqa: PLC0415

    studies()._own.clear()
    with TestClient(create_app(Settings(small_folder, str(small_trial)))) as client:
        assert len(studies()._own) == 1  # before anybody asked
        assert client.get("/study").status_code == 200
