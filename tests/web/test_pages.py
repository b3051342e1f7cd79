"""Every page: reachable, without violations, without a script, on a phone; its JSON twin; nothing from elsewhere."""

import pytest

PAGES = {
    "/tis?example=true": "Total Improvement Score",
}
"""Address → what its heading holds."""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_without_a_script(open_page, address):
    page = open_page(javascript=False)
    page.goto(address)
    assert page.locator("h1").count() == 1
    assert PAGES[address] in page.locator("h1").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "not medical advice" in page.locator("footer").inner_text()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible(open_page, find_violations, address):
    page = open_page()
    page.goto(address)
    assert find_violations(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_on_a_phone(open_page, address):
    page = open_page(width=320, height=640)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_link_of_every_page_leads_somewhere(client):
    import re  # noqa: PLC0415

    seen, waiting = set(), ["/tis", "/classify", "/instruments", "/trials"]  # of a study: test_study.py
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "html" in answer.headers["content-type"]:
            found = [link.replace("&amp;", "&") for link in re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)]
            found = [link for link in found if not link.startswith("/study")]
            waiting += [link for link in found if link not in seen and len(seen) < 400]
    assert len(seen) > 100


def test_the_json_of_a_page_says_the_same(client):
    body = {"visits": [
        {"week": 0, "physician_global_cm": 6.0, "patient_global_cm": 6.0, "mmt": 120, "haq_di": 1.5,
         "extramuscular_cm": 3.0, "ck_u_per_l": 900, "ck_uln_u_per_l": 200},
        {"week": 12, "physician_global_cm": 2.0, "patient_global_cm": 4.0, "mmt": 135, "haq_di": 1.0,
         "extramuscular_cm": "nd", "ck_u_per_l": 300, "ck_uln_u_per_l": 200},
    ]}  # fmt: skip
    (visit,) = client.post("/tis.json", json=body).json()["visits"]
    assert (visit["tis_low"], visit["tis_high"], visit["tis"]) == (45.0, 60.0, None)  # as the README says
    strange = client.post("/tis.json", json={"visits": [{"weight": 1}, {"week": 1}]})
    assert strange.status_code == 422
    assert strange.json()["faults"][0]["column"] == "weight"
