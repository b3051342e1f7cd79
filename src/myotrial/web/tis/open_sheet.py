"""Sheets of items: the one that is open in the form, and the totals of all that were filled in."""

from collections.abc import Mapping
from typing import Any

from myotrial.instruments.definition import load_instrument
from myotrial.web.forms import read_number
from myotrial.web.sheets import layout, score_items
from myotrial.web.tis.actions import sheets_of, siblings
from myotrial.web.tis.form import Form


def score_sheets(form: Form, *, quick: bool = False) -> list[dict[str, Any]]:
    """Return the totals of every sheet that has an answer, and what is wrong with its items.

    ``quick`` asks for the open one alone.
    """
    told = []
    opened = [form.opened] if form.opened else []
    for place in opened if quick else dict.fromkeys([*form.items, *opened]):
        name, _, visit = place.rpartition(".")
        found = score_items(name, form.items.get(place, {}))
        totals = [{"name": key, **total} for key, total in found["totals"].items()]
        told.append(
            {"place": place, "instrument": name, "title": load_instrument(name).short, "visit": int(visit),
             "totals": totals, "faults": found["faults"], "notes": found["notes"]}
        )  # fmt: skip
    return told


def differing(form: Form, sheets: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Tell of cells that say something else than the items of their sheet."""
    told = []
    for each in sheets:
        values = {total["name"]: total["value"] for total in each["totals"]}
        for column, sheet in sheets_of(form, each["instrument"]):
            value, text = values.get(sheet.total), form.cell(column, each["visit"])
            if value is None or each["place"] == form.opened or read_number(text) == value:
                continue
            told.append(
                {"field": f"{column}.{each['visit']}", "text": f"the items of {each['title']} give {value:g}",
                 "action": f"use.{each['place']}", "button": f"Use {value:g}"}
            )  # fmt: skip
    return told


def show_sheet(form: Form, sheets: list[dict[str, Any]]) -> Mapping[str, Any] | None:
    """Return what the open sheet shows: its items, what was entered, the totals; ``None`` where none is open."""
    if not form.opened:
        return None
    found = next(each for each in sheets if each["place"] == form.opened)
    name, cells = found["instrument"], form.items.get(form.opened, {})
    mine = [fault["text"] for fault in form.faults if fault["field"] == "sheet"]
    return {
        **found,
        "instrument": load_instrument(name),
        "cells": cells,
        "layout": layout(name, cells),
        "others": [load_instrument(other) for other in siblings(form, name)],
        "faults": [*mine, *(fault["text"] for fault in found["faults"])],
        "faulty": {fault["field"] for fault in found["faults"]},
        "used": len(sheets_of(form, name)),
    }
