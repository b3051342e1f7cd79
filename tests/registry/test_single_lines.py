import pytest

from myotrial.registry.single_lines import (
    read_intervention,
    read_outcome,
    read_sex,
    read_target_size,
    read_yes_or_no,
    time_frame_is_open,
)


@pytest.mark.parametrize(
    ("line", "title", "time_frame", "remark"),
    [
        ("A [Time Frame: Week 4]", "A", "Week 4", None),
        ("A [b] c [Time Frame: Weeks 1, 2]", "A [b] c", "Weeks 1, 2", None),
        ("A [Time Frame: Week 4 [visit 2] or 5]", "A", "Week 4 [visit 2] or 5", None),
        ("A [Time Frame: 1 year] [Safety Issue: No]", "A", "1 year", "[Safety Issue: No]"),
        ("A [Time Frame: ]", "A", None, None),
        ("A [Time Frame: up to", "A", "up to", None),
        ("A at week 4;", "A at week 4;", None, None),
    ],
)
def test_an_outcome_and_its_time_frame(line: str, title: str, time_frame: str | None, remark: str | None) -> None:
    outcome = read_outcome(line, role="secondary", position=3, start=10)
    assert (outcome.title, outcome.time_frame, outcome.remark) == (title, time_frame, remark)
    assert (outcome.start, outcome.end) == (10, 10 + len(line))


def test_an_open_time_frame_is_noticed() -> None:
    assert time_frame_is_open("A [Time Frame: up to")
    assert not time_frame_is_open("A [Time Frame: up to 2]")
    assert not time_frame_is_open("A")


def test_interventions() -> None:
    assert read_intervention("Dietary Supplement: D3: oral").model_dump(exclude_defaults=True) == {
        "type": "Dietary Supplement",
        "name": "D3: oral",
    }
    assert read_intervention("Case series:Nil;").type is None


@pytest.mark.parametrize(
    ("words", "size", "groups"),
    [("126", 126, 0), ("a:94;b(c):6;", 100, 2), ("94;95", None, 0), (";", None, 0), ("~40", None, 0), ("²", None, 0)],
)
def test_target_sizes(words: str, size: int | None, groups: int) -> None:
    read, by_group = read_target_size(words)
    assert (read, len(by_group)) == (size, groups)


def test_small_answers() -> None:
    assert [read_sex(word) for word in ("All", "Both", "Female", "Male", "?")] == ["all", "all", "female", "male", None]
    assert [read_yes_or_no(word) for word in ("YES", "no", "")] == [True, False, None]
