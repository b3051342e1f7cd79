"""Clean the SVG that the chart engine writes, so that many can stand in one page."""

import re
import xml.etree.ElementTree as ET

NAMESPACE = "http://www.w3.org/2000/svg"
_DROPPED = {"class", "width", "height", "version", "role", "pointer-events"}
_REFERENCE = re.compile(r"url\(#([^)]+)\)|^#(.+)$")


def clean_svg(svg: str, name: str, title: str, desc: str) -> str:
    """Give an SVG a title, a description and ids of its own, and take away what fixes its size.

    Ids are counted anew in the order in which they are used, so that the same chart is the same text.

    Examples
    --------
    >>> clean_svg('<svg width="9" height="9" viewBox="0 0 9 9"><path id="clip7"/></svg>', "km", "T", "D")
    '<svg viewBox="0 0 9 9" role="img" aria-labelledby="km-title km-desc"><title id="km-title">T</title><desc
    id="km-desc">D</desc><path id="km-1" /></svg>'
    """
    root = ET.fromstring(svg)  # noqa: S314 - written by the chart engine in this process
    numbers: dict[str, str] = {}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in list(element.attrib):
            _clean_attribute(element, key, numbers, name, top=element is root)
    _drop_hidden(root)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for tag, text in (("desc", desc), ("title", title)):
        child = ET.Element(tag, {"id": f"{name}-{tag}"})
        child.text = text
        root.insert(0, child)
    return ET.tostring(root, encoding="unicode")


def as_image(svg: str) -> str:
    """Return an SVG of a page as a file of its own.

    Examples
    --------
    >>> as_image('<svg viewBox="0 0 9 9"></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
    """
    return svg.replace("<svg ", f'<svg xmlns="{NAMESPACE}" ', 1)


def _clean_attribute(element: ET.Element, key: str, numbers: dict[str, str], name: str, *, top: bool) -> None:
    value = element.attrib[key]
    sized = key in {"width", "height"} and not top
    if key.startswith("aria-") or (key in _DROPPED and not sized):
        del element.attrib[key]
    elif key == "id":
        element.set(key, _number(value, numbers, name))
    elif "#" in value and (found := _REFERENCE.search(value)) and ("url(" in value or key.endswith("href")):
        old = found.group(1) or found.group(2)
        element.set(key, value.replace(f"#{old}", f"#{_number(old, numbers, name)}"))


def _number(old: str, numbers: dict[str, str], name: str) -> str:
    return numbers.setdefault(old, f"{name}-{len(numbers) + 1}")


def _drop_hidden(parent: ET.Element) -> None:
    for child in list(parent):
        empty = child.tag == "path" and not child.get("d") and not child.get("id")
        if child.get("display") == "none" or empty:
            parent.remove(child)
        else:
            _drop_hidden(child)
            if child.tag == "g" and not len(child) and not child.get("id"):
                parent.remove(child)
