import pytest
from pydantic import ValidationError

from myotrial.registry.dates import PartialDate, read_date


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("8 April 2024", "2024-04-08", "day"),
        ("October 21, 2019", "2019-10-21", "day"),
        ("01/08/2019", "2019-08-01", "day"),
        ("21-10-2013", "2013-10-21", "day"),
        ("2013-01-03", "2013-01-03", "day"),
        ("2017/07/21", "2017-07-21", "day"),
        ("20190801", "2019-08-01", "day"),
        ("Sept 3, 2020", "2020-09-03", "day"),
        ("March 2006", "2006-03", "month"),
        ("2006-03", "2006-03", "month"),
        ("2006", "2006", "year"),
        ("12/31/2019", "2019-12-31", "day"),
        ("29 February 2024", "2024-02-29", "day"),
    ],
)
def test_a_date_keeps_its_precision_and_its_text(text: str, iso: str, precision: str) -> None:
    date = read_date(f"  {text} ")
    assert (str(date), date.precision, date.text) == (iso, precision, text)


@pytest.mark.parametrize("text", ["", "soon", "31/02/2019", "2019-13-01", "40 May 2019", "5 May 6, 2019", "Foo 2019"])
def test_what_is_no_date_stays_text(text: str) -> None:
    date = read_date(text)
    assert (date.year, date.month, date.day, date.precision) == (None, None, None, None)
    assert str(date) == text


@pytest.mark.parametrize("parts", [{"day": 3}, {"year": 2019, "day": 3}, {"year": 2019, "month": 2, "day": 30}])
def test_a_date_that_cannot_be_is_refused(parts: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        PartialDate(text="x", **parts)


@pytest.mark.parametrize("text", ["2019-00-05", "2019-05-00", "2019-00", "00/05/2019", "2019-13", "2019-02-30"])
def test_a_month_or_day_that_is_none_is_no_date(text: str) -> None:
    found = read_date(text)
    assert (found.precision, str(found)) == (None, text)
