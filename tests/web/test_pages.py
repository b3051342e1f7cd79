"""Every page: reachable, without violations, without a script, on a phone; its JSON twin; nothing from elsewhere."""

import pytest

PAGES = {
    "/tis?example=true": "Total Improvement Score",
    "/classify": "Classification",
    "/instruments": "Instruments",
    "/instruments/haq-di": "Health Assessment Questionnaire",
    "/trials": "Trials",
    "/trials/compare": "Trials side by side",
    "/trials/NCT04044690": "RECLAIIM",
    "/trials/NCT04044690/outcomes/C0": "C0: Responder Rate",
    "/study": "RECLAIIM: study",
    "/study/outcomes/C0": "C0: Responder Rate",
    "/study/outcomes/C17": "C17:",
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

    seen, waiting = set(), ["/tis", "/classify", "/instruments", "/trials", "/study"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "html" in answer.headers["content-type"]:
            found = [link.replace("&amp;", "&") for link in re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)]
            waiting += [link for link in found if link not in seen and len(seen) < 400]
    assert len(seen) > 100


def test_a_person_is_classified_by_keyboard(open_page):
    page = open_page(javascript=False)
    page.goto("/classify")
    page.get_by_label("Heliotrope rash").select_option("yes")
    page.get_by_label("Gottron sign").select_option("yes")
    page.get_by_label("Age at the first symptom").fill("51")
    page.get_by_role("button", name="Classify").press("Enter")
    assert "eular" in page.locator("#result").inner_text().lower()


def test_an_instrument_is_scored(open_page):
    page = open_page(javascript=False)
    page.goto("/instruments/das")
    page.get_by_label("Skin").first.fill("4")
    page.get_by_role("button", name="Compute").press("Enter")
    assert page.locator("#result table").count() == 1


def test_trials_are_narrowed_and_compared(open_page):
    page = open_page(javascript=False)
    page.goto("/trials")
    page.get_by_label("Words").fill("immunoglobulin dermatomyositis")
    page.get_by_role("button", name="Narrow").press("Enter")
    assert "q=immunoglobulin" in page.url
    assert page.get_by_role("status").inner_text().endswith("of 4 trials")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Compare side by side").press("Enter")
    assert page.locator("thead th").count() >= 2


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


def test_filters_stand_in_the_address_and_narrow_the_study(client):
    everybody, women = (client.get(address).text for address in ("/study", "/study?sex=female"))
    assert "60 subjects" in everybody
    assert "60 subjects" not in women
    assert "/study/outcomes/C0?sex=female" in women


def test_a_study_is_masked_until_it_is_unsealed(client, study_folder):
    from fastapi.testclient import TestClient  # noqa: PLC0415

    from myotrial.web.app import Settings, create_app  # noqa: PLC0415

    for address in ("/study", "/study/outcomes/C0", "/study/outcomes/C0.csv", "/study.json"):
        text = client.get(address).text
        assert "igpro20" not in text.replace("igpro20:", ""), address
        assert "risk_difference" not in text, address
    opened = TestClient(create_app(Settings(study_folder, "NCT04044690", unsealed=True)))
    assert "risk_difference" in opened.get("/study/outcomes/C0.csv").text
