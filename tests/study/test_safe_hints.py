"""A hint must never lead to a wrong number: letters among digits, millimetres by name, swapped columns."""

import pytest

from myotrial.model.errors import BadInput
from myotrial.study.visits import read_visits

NAMES = ["subject_id", "week", "physician_global_cm", "patient_global_cm", "mmt", "haq_di", "extramuscular_cm"]
NAMES += ["ck_u_per_l", "ck_uln_u_per_l", "cmas", "das", "mmt_max"]


@pytest.fixture
def read(tmp_path):
    def read(names=NAMES, **columns):
        rows = [
            dict(zip(NAMES, (f"P{n}", w, 4.5, 5, 110 + n, 1.5, 2, 900 - n - 10 * w, 200, 40, 8, 150), strict=True))
            for n in range(4)
            for w in (0, 4)
        ]
        for name, values in columns.items():
            for row, value in zip(rows, values, strict=False):
                row[name] = value
        path = tmp_path / "visits.csv"
        lines = [",".join(names), *(",".join(str(row[name]) for name in NAMES) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_visits(path)

    return read


def faults(read, *args, **columns):
    with pytest.raises(BadInput) as caught:
        read(*args, **columns)
    return caught.value.faults


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("11O", "was it 110?"),
        ("l10", "was it 110?"),
        ("I1o", "was it 110?"),
        ("73%", "a percentage"),
        ("110 pts", "110"),
    ],
)
def test_letters_and_signs_in_a_number(read, cell, hint):
    (fault,) = faults(read, mmt=[cell])
    assert hint in (fault.hint or "")
    assert ("write the number alone" in (fault.hint or "")) == (cell == "110 pts")


def test_a_column_in_millimetres_by_its_name_is_to_be_divided(read):
    names = ["physician_global_mm" if name == "physician_global_cm" else name for name in NAMES]
    (fault,) = faults(read, names)
    assert fault.column == "physician_global_cm"
    assert "divide its values by 10" in (fault.hint or "")


def test_swapped_measures_are_named_and_a_week_is_not_one(read):
    found = faults(read, das=[40] * 8, cmas=[8] * 8)
    assert all("week" not in (fault.hint or "") for fault in found)


def test_an_enzyme_and_its_limit_under_each_others_names(read):
    swapped = read(ck_u_per_l=[200] * 8, ck_uln_u_per_l=[900 - 10 * row for row in range(8)])
    assert "ck_u_per_l and ck_uln_u_per_l stand under each other's names" in " ".join(swapped.notes)
    assert not read().notes
    assert not read(ck_u_per_l=[200] * 8).notes


@pytest.mark.parametrize(
    ("tops", "blamed"),
    [([260, 150], [2]), ([150, 260], [3]), ([80], [2])],
)
def test_the_odd_scale_is_blamed_and_not_all_the_others(tmp_path, tops, blamed):
    path = tmp_path / "visits.csv"
    weeks = range(len(tops), 4)
    rows = [f"A,{4 * n},5,5,70,1,2,{top}" for n, top in enumerate([*tops, *([150] * len(weeks))])]
    path.write_text("\n".join([",".join([*NAMES[:7], "mmt_max"]), *rows]), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_visits(path)
    assert [fault.row for fault in caught.value.faults] == blamed
    assert all("150" in (fault.expected or "") for fault in caught.value.faults)
