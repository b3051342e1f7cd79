import pytest

from myotrial.registry.countries import split_countries


def names(line: str) -> tuple[list[str], list[str]]:
    known, unknown = split_countries(line)
    return [line[a:b] for a, b in known], [line[a:b] for a, b in unknown]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("United Kingdom United States", ["United Kingdom", "United States"]),
        (
            "United States United States Minor Outlying Islands",
            ["United States", "United States Minor Outlying Islands"],
        ),
        ("Guinea Papua New Guinea Guinea-Bissau", ["Guinea", "Papua New Guinea", "Guinea-Bissau"]),
        ("Japan Korea, Republic of Spain", ["Japan", "Korea, Republic of", "Spain"]),
        ("Czech Republic Dominican Republic Dominica", ["Czech Republic", "Dominican Republic", "Dominica"]),
        ("Niger Nigeria", ["Niger", "Nigeria"]),
        ("Iran (Islamic Republic of) Iraq", ["Iran (Islamic Republic of)", "Iraq"]),
        ("South Africa South Sudan Sudan", ["South Africa", "South Sudan", "Sudan"]),
        ("France, Germany;Italy", ["France", "Germany", "Italy"]),
        ("Côte d'Ivoire Türkiye", ["Côte d'Ivoire", "Türkiye"]),
        ("Congo, The Democratic Republic of the Chad", ["Congo, The Democratic Republic of the", "Chad"]),
    ],
)
def test_the_longest_name_is_taken(line: str, expected: list[str]) -> None:
    assert names(line) == (expected, [])


def test_unknown_words_are_kept_together() -> None:
    assert names("Poland New Atlantis Chile Latovia") == (["Poland", "Chile"], ["New Atlantis", "Latovia"])
    assert names("") == ([], [])
