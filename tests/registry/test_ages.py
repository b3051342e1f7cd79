import pytest

from myotrial.registry.ages import read_age


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("18 Years", 18, "years"),
        ("1 Year", 1, "years"),
        ("20years-old", 20, "years"),
        ("65 years old", 65, "years"),
        ("6 Months", 6, "months"),
        ("75 Y", 75, "years"),
        ("2.5 weeks", 2.5, "weeks"),
        ("18", 18, None),
    ],
)
def test_an_age_has_the_unit_that_is_written(text: str, value: float, unit: str | None) -> None:
    age = read_age(text)
    assert (age.value, age.unit, age.text, age.no_limit) == (value, unit, text, False)


@pytest.mark.parametrize("text", ["N/A", "no limit", "NA"])
def test_no_limit_is_told_from_unreadable(text: str) -> None:
    assert read_age(text).no_limit


@pytest.mark.parametrize("text", ["adults", ">= 20age old", "18 to 65 Years", "18 parsecs", "9" * 400])
def test_what_is_not_one_age_stays_text(text: str) -> None:
    age = read_age(text)
    assert (age.value, age.unit, age.no_limit, age.text) == (None, None, False, text)
