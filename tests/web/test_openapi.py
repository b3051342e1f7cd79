"""Every address asked with what its OpenAPI document allows: no 500, and the answers are as described."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial
from myotrial.web.app import Settings, create_app

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("MYOTRIAL_EXAMPLES", "5"))
"""How many requests an address gets of each kind."""

PATHS = create_app().app.openapi()["paths"]
ASKED = sorted(
    (method.upper(), path, mode.value)
    for path, methods in PATHS.items()
    for method, told in methods.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or told.get("parameters") or "requestBody" in told  # else nothing can be wrong
)
"""Every address, with what it allows and with what it does not."""


@pytest.fixture(scope="session")
def described(tmp_path_factory, record_store):
    """Return the addresses of a server with a small study of one outcome, and with held records."""
    folder = tmp_path_factory.mktemp("openapi") / "study"
    simulate_study(load_trial("NCT05832034"), n=16, seed=1).write(folder)
    app = create_app(Settings(study=folder, trial="NCT05832034", store=record_store))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize(("method", "path", "mode"), ASKED)
def test_an_address_answers_as_described(described, method, path, mode):
    operation = described[path][method]
    most = min(EXAMPLES, 2) if path.endswith((".rtf", ".html")) else EXAMPLES  # each writes all tables of a study

    @settings(max_examples=most, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
              database=None, suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(data=st.data())
    def asked(data):
        case = data.draw(operation.as_strategy(generation_mode=GenerationMode(mode)))
        case.call_and_validate(checks=CHECKS, headers={"host": "localhost"}, timeout=60)

    asked()
