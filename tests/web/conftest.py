"""The web application in a real browser: Debian's Chromium, the network blocked except for this machine."""

import importlib.util
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from myotrial.registry.store.store import Store
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
def invented():
    """Return the module that writes invented registry records."""
    path = Path(__file__).with_name("invented_records.py")
    spec = importlib.util.spec_from_file_location("invented_records", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def record_store(tmp_path_factory, invented):
    """Return a store of a few dozen invented records, which the importer wrote."""
    folder = tmp_path_factory.mktemp("records")
    (folder / "files").mkdir()
    path = folder / "records.db"
    with Store(path, writing=True) as store:
        done = store.add_files([invented.write(folder / "files")])
    assert done.faults == []
    return path


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


ARMS = ("Zorblatine 7", "Quimbyline")
"""Names of arms that stand in no text of the definition, so that each place that tells one can be found."""


@pytest.fixture(scope="session")
def small_trial(tmp_path_factory):
    """Return the file of a definition with a few outcomes of every kind, its arms under names of their own."""
    import yaml  # noqa: PLC0415

    from myotrial.model.data import data_file  # noqa: PLC0415

    told = yaml.safe_load(data_file("trials", f"{TRIAL}.yaml").read_text(encoding="utf-8"))
    told["outcomes"] = [outcome for outcome in told["outcomes"] if outcome["id"] in {"C0", "C9", "C14", "C27"}]
    del told["multiplicity"]
    first = told["outcomes"][0]
    first["sensitivity"] = [entry for entry in first["sensitivity"] if "imputation" not in entry]  # draws take long
    first["summaries"] = [entry for entry in first["summaries"] if entry["kind"] != "logistic"]
    first.pop("tipping_point", None)
    for arm, name in zip(told["arms"], ARMS, strict=True):
        arm |= {"id": name.lower().replace(" ", "_"), "label": name, "description": f"{name} every week"}
    told["schedule"]["periods"][1]["all_on"] = told["arms"][0]["id"]
    file = tmp_path_factory.mktemp("trial") / "small.yaml"
    file.write_text(yaml.safe_dump(told), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory, small_trial):
    """Return a folder with 40 subjects of that trial."""
    study = simulate_study(load_trial(TRIAL), n=40, seed=7)
    own = [arm.id for arm in load_trial(small_trial).arms]
    arms = study.subjects["arm"].replace(dict(zip(["igpro20", "placebo"], own, strict=True)))
    folder = tmp_path_factory.mktemp("small") / "small-study"
    replace(study, subjects=study.subjects.with_columns(arm=arms)).write(folder)
    return folder


@pytest.fixture(scope="session")
def sealed(small_trial, small_folder):
    """Return a client of a masked study whose figures are drawn, and of one of whose choices of subjects too."""
    client = TestClient(create_app(Settings(small_folder, str(small_trial))))
    for query in ("", "?sex=female&age_from=30"):
        assert client.get(f"/study/figures.json{query}").status_code == 200
    return client


@pytest.fixture(scope="session")
def study_address(sealed, small_trial, small_folder):
    """Serve the masked study; return its address."""
    app = create_app(Settings(small_folder, str(small_trial)))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not (running.started and running.servers):
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def visit(browser, study_address):
    """Open pages of the masked study; a request to anywhere else fails the test."""
    contexts, strayed = [], []

    def build(path, *, javascript=True, width=1200, height=900):
        context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": height},
                                      base_url=study_address, accept_downloads=True)  # fmt: skip
        context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(study_address)
                      else (strayed.append(route.request.url), route.abort()))  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(path)
        return page

    yield build
    for context in contexts:
        context.close()
    assert strayed == []
