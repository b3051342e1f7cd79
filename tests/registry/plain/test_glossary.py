from myotrial.registry.plain.glossary import find_terms, list_terms


def test_about_120_terms_each_explained_in_short() -> None:
    terms = list_terms()
    assert len(terms) >= 120
    for term in terms:
        assert 3 < len(term.plain) < 150, term.name
        assert term.plain.lower() != term.name.lower() or term.name == "cancer"


def test_a_term_that_states_a_number_has_a_source_or_is_about_a_count() -> None:
    free = {"NYHA", "New York Heart Association"}
    for term in list_terms():
        numbers = [word for word in term.plain.replace(",", " ").split() if word.isdigit()]
        assert not numbers or term.source or term.name in free, term.name


def test_no_name_stands_for_two_terms() -> None:
    names = [name.lower() for term in list_terms() for name in term.names(myositis=True)]
    assert len(names) == len(set(names)), {name for name in names if names.count(name) > 1}


def test_dm_is_dermatomyositis_only_where_myositis_is_meant() -> None:
    assert [gloss.term for gloss in find_terms("DM", myositis=True)] == ["dermatomyositis"]
    assert find_terms("type 2 DM", myositis=False) == ()


def test_capitals_and_longest_names() -> None:
    assert [gloss.term for gloss in find_terms("RITUXIMAB")] == ["rituximab"]
    assert [gloss.words for gloss in find_terms("Juvenile dermatomyositis")] == ["Juvenile dermatomyositis"]
    assert find_terms("the ast of a mast") == ()
