"""Hosts, origins, a token beyond loopback, limits, headers; nobody reaches another file; nothing ends in a 500."""

import asyncio
import re
import socket
import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myotrial.web.app import Settings, create_app
from myotrial.web.security import HEADERS, MOST_BYTES

FUZZ = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(max_size=30) | st.sampled_from(["1e400", "-0", "٣", "nan", "inf", "1,5", "nd", "9" * 30, "\x00"])


@pytest.mark.parametrize("address", ["/tis", "/tis.json", "/trials", "/study", "/nothing", "/static/site.css"])
def test_every_answer_has_the_headers(client, address):
    answer = client.get(address)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers


PAGES = ("/tis?example=true", "/classify", "/instruments/haq-di", "/trials", "/trials/NCT04044690", "/study",
         "/study/outcomes/C0", "/study/figures", "/study/check", "/study/upload", "/about")  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_page_holds_no_script_and_no_style_of_its_own_and_loads_nothing_from_elsewhere(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    text = answer.text
    assert re.findall(r"<script(?![^>]* src=)", text) == []
    assert re.findall(r"<style| style=| on[a-z]+=", text) == []
    assert re.findall(r'(?:src|action|poster|data|hx-[a-z]+)="[^"]*://', text) == []
    assert re.findall(r'<link[^>]*"[a-z]*://', text) == []
    away = set(re.findall(r'<a[^>]* href="([^"]*://[^"]*)"', text))
    assert all(link.startswith("https://doi.org/") for link in away)  # a reference is followed only where one asks


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_another_name_is_refused(client, host):
    assert client.get("/tis", headers={"host": host}).status_code == 400


def test_a_page_of_another_origin_cannot_post(client):
    answer = client.post("/tis", data={"visits": "2"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_a_token_is_needed_beyond_loopback():
    word = "secret-word"
    remote = TestClient(create_app(Settings(token=word, hosts=frozenset({"testserver"}))))
    assert remote.get("/tis").status_code == 401
    assert remote.get("/tis", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert remote.get("/tis", headers={"authorization": "Bearer secret-word"}).status_code == 200
    first = remote.get("/tis?token=secret-word")
    assert first.status_code == 200
    assert "HttpOnly" in first.headers["set-cookie"]
    assert remote.get("/trials").status_code == 200  # the cookie came along


def test_the_command_asks_for_a_token_beyond_loopback(monkeypatch, capsys):
    import uvicorn  # noqa: PLC0415

    from myotrial.cli.app import run  # noqa: PLC0415

    served = []

    def answer(self):
        """Start for once without a socket: what it would serve is kept, and its address is told."""
        served.append(self.config)
        self.started = True
        monkeypatch.setattr(uvicorn.Server, "startup", nothing)
        with ThreadPoolExecutor(1) as apart:
            apart.submit(asyncio.run, self.startup()).result()

    async def nothing(self, sockets=None):
        pass

    monkeypatch.setattr(uvicorn.Server, "run", answer)
    assert run(["serve", "--port", "8791"]) == 0
    assert run(["serve", "--port", "8791", "--host", "0.0.0.0"]) == 0  # noqa: S104  (nothing listens in this test)
    here, beyond = served
    assert here.app.token is None
    assert here.host == "127.0.0.1"
    assert here.access_log is False  # nothing of a request is logged
    assert len(beyond.app.token) >= 24
    assert f"http://0.0.0.0:8791/?token={beyond.app.token}" in capsys.readouterr().out


def test_the_command_tells_that_a_port_is_taken(capsys):
    from myotrial.cli.app import run  # noqa: PLC0415

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["serve", "--port", str(port)]) == 3
    told = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in told
    assert "another port may be free" in told


@pytest.mark.parametrize("address", ["/tis", "/tis.json", "/classify", "/instruments/haq-di"])
def test_a_large_body_is_refused(client, address):
    assert client.post(address, content=b"x" * (MOST_BYTES + 1)).status_code == 413


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/trials/..%2f..%2fetc%2fpasswd", "/study/outcomes/..%2f..",
             "/instruments/%2e%2e%2fdas", "/static/vendor/../../security.py"],
)  # fmt: skip
def test_no_path_reaches_a_file(client, path):
    assert client.get(path).status_code in {400, 404}


@FUZZ
@given(fields=st.dictionaries(st.sampled_from(["week.0", "week.1", "mmt.0", "mmt.1", "haq_di.1", "visits", "variant",
                                               "mmt_max", "ck_u_per_l.0", "action", "x"]), TEXTS))  # fmt: skip
def test_no_form_ends_in_a_500(client, fields):
    assert client.post("/tis", data=fields).status_code == 200


@FUZZ
@given(visits=st.lists(st.dictionaries(st.sampled_from(["week", "mmt", "haq_di", "ck_u_per_l", "weight"]),
                                       st.none() | st.floats() | TEXTS | st.integers()), max_size=4))  # fmt: skip
def test_no_json_ends_in_a_500(client, visits):
    import json  # noqa: PLC0415

    answer = client.post("/tis.json", content=json.dumps({"visits": visits}),
                         headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code in {200, 422}


@FUZZ
@given(items=st.dictionaries(st.sampled_from(["skin", "muscle", "dressing_1", "x"]), st.none() | st.floats() | TEXTS),
       facts=st.dictionaries(st.sampled_from(["heliotrope", "onset_age_years", "gottron_sign", "x"]),
                             st.none() | st.booleans() | st.floats() | TEXTS))  # fmt: skip
def test_no_items_and_no_facts_end_in_a_500(client, items, facts):
    import json  # noqa: PLC0415

    headers = {"content-type": "application/json"}
    for address, body in (("/instruments/das.json", {"items": items}), ("/classify.json", {"facts": facts})):
        assert client.post(address, content=json.dumps(body), headers=headers).status_code in {200, 422}
    given_facts = {name: str(value) for name, value in facts.items() if value is not None}
    assert client.post("/classify", data=given_facts).status_code == 200


@FUZZ
@given(query=st.text(alphabet=string.printable, max_size=40))
def test_no_address_ends_in_a_500(client, query):
    for path in ("/tis", "/trials", "/study", "/trials/compare", "/classify"):
        assert client.get(path, params={"q": query, "sex": query, "trial": query, "variant": query}).status_code < 500


def test_the_application_describes_itself(client):
    described = client.get("/openapi.json").json()
    assert {"/tis.json", "/trials.json", "/study.json", "/instruments/{name}.json"} <= set(described["paths"])
