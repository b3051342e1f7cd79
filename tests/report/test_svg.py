"""SVG that can stand in one page with others."""

import re
import xml.etree.ElementTree as ET

from myotrial.report.svg import clean_svg

RAW = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40" viewBox="0 0 90 40" class="marks">'
    '<defs><clipPath id="clip9"><rect width="3" height="4"/></clipPath></defs>'
    '<g clip-path="url(#clip9)" role="x" aria-hidden="true"><path d="M0,0h1"/><path d="" display="none"/></g>'
    "<g><g/></g></svg>"
)


def test_ids_are_its_own_and_references_follow():
    svg = clean_svg(RAW, "km", "A title", "What is seen")
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids == ["km-title", "km-desc", "km-1"]
    assert root.find("g").get("clip-path") == "url(#km-1)"


def test_it_scales_and_is_named():
    root = ET.fromstring(clean_svg(RAW, "km", "A <title> & more", "What is seen"))  # noqa: S314 - our own text
    assert root.get("viewBox") == "0 0 90 40"
    assert root.get("width") is None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "km-title km-desc"
    assert root.find("title").text == "A <title> & more"
    assert root.find("defs/clipPath/rect").get("width") == "3"


def test_what_draws_nothing_is_dropped():
    svg = clean_svg(RAW, "km", "T", "D")
    assert "display" not in svg
    assert len(re.findall("<g", svg)) == 1


def test_ids_do_not_depend_on_how_many_charts_came_before():
    assert clean_svg(RAW, "km", "T", "D") == clean_svg(RAW.replace("clip9", "clip77"), "km", "T", "D")
