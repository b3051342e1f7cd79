"""The page about the installation."""

import pytest


def test_the_page_tells_versions_and_data_and_asks_before_it_computes(client):
    text = client.get("/about").text
    assert "Compute them now" in text
    assert "polars" in text
    assert "criteria" in text


def test_the_figures_agree_and_name_their_sources(client):
    text = client.get("/about?check=true").text
    told = client.get("/about.json").json()
    assert told["sound"] is True
    assert f"{len(told['figures'])} of {len(told['figures'])} figures agree." in text
    assert "NCT02728752" in text


@pytest.mark.parametrize("width", [320, 1200])
def test_it_is_accessible_and_fits(open_page, find_violations, width):
    page = open_page(width=width)
    page.goto("/about")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Compute them now").focus()
    page.keyboard.press("Enter")
    page.get_by_text("figures agree").wait_for(timeout=60_000)  # what is computed has to be loaded first
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []
