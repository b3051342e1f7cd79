"""The web application in a real browser: Debian's Chromium, the network blocked except for this machine."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial
from myotrial.web.app import Settings, create_app

TRIAL = "NCT04044690"


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web") / "study"
    simulate_study(load_trial(TRIAL), n=60, seed=1).write(folder)
    return folder


@pytest.fixture(scope="session")
def settings(study_folder):
    return Settings(study=study_folder, trial=TRIAL)


@pytest.fixture(scope="session")
def client(settings):
    return TestClient(create_app(settings))


@pytest.fixture(scope="session")
def server(settings, client):
    """Serve the application on a free port of this machine; return its address. The study is analysed before."""
    assert client.get("/study").status_code == 200
    running = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not (running.started and running.servers):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)


def find_browser():
    """Return the path of a Chromium, or ``None``."""
    return os.environ.get("MYOTRIAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415

    with sync_playwright() as play:
        try:
            found = play.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        except Error as error:
            why = f"no Chromium can be started (Debian: apt install chromium): {str(error).splitlines()[0]}"
            pytest.fail(why) if os.environ.get("MYOTRIAL_NEEDS_BROWSER") else pytest.skip(why)
        yield found
        found.close()


@pytest.fixture
def open_page(browser, server):
    """Open pages; a request to anywhere but this machine is refused and fails the test."""
    contexts, strayed = [], []

    def build(*, javascript=True, width=1200, height=900):
        context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": height},
                                      base_url=server)  # fmt: skip
        context.route("**/*", lambda route: route.continue_() if route.request.url.startswith((server, "data:"))
                      else (strayed.append(route.request.url), route.abort()))  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield build
    for context in contexts:
        context.close()
    assert strayed == []


@pytest.fixture(scope="session")
def axe():
    """Return the source of axe-core."""
    import axe_playwright_python  # noqa: PLC0415

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


@pytest.fixture
def find_violations(axe):
    """Return what axe-core finds wrong with a page, as rule and element."""

    def build(page):
        page.evaluate(axe)
        found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
        return [f"{rule}: {nodes[:3]}" for rule, nodes in found]

    return build
