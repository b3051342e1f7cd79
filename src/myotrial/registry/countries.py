"""Country names, and how a line that prints several of them apart by single spaces is taken apart."""

import re

_NAMES = """
Afghanistan|Albania|Algeria|American Samoa|Andorra|Angola|Anguilla|Antigua and Barbuda|Argentina|Armenia|Aruba
Australia|Austria|Azerbaijan|Bahamas|The Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Benin|Bermuda
Bhutan|Bolivia|Bolivia (Plurinational State of)|Bolivia, Plurinational State of|Bonaire, Sint Eustatius and Saba
Bosnia and Herzegovina|Bosnia & Herzegovina|Bosnia-Herzegovina|Botswana|Brazil|British Virgin Islands
Virgin Islands, British|Brunei|Brunei Darussalam|Bulgaria|Burkina Faso|Burundi|Cabo Verde|Cape Verde|Cambodia
Cameroon|Canada|Cayman Islands|Central African Republic|Chad|Chile|China|People's Republic of China|Colombia|Comoros
Congo|Republic of the Congo|Democratic Republic of the Congo|Congo (Democratic Republic of the)
Congo, The Democratic Republic of the|Congo, Democratic Republic|Zaire|Cook Islands|Costa Rica|Côte d'Ivoire
Cote d'Ivoire|Ivory Coast|Croatia|Cuba|Curaçao|Curacao|Cyprus|Czechia|Czech Republic|Czechia (Czech Republic)|Denmark
Djibouti|Dominica|Dominican Republic|East Timor|Timor-Leste|Ecuador|Egypt|El Salvador|Equatorial Guinea|Eritrea
Estonia|Eswatini|Swaziland|Ethiopia|Falkland Islands|Falkland Islands (Malvinas)|Faroe Islands|Fiji|Finland
Former Serbia and Montenegro|Serbia and Montenegro|Former Yugoslavia|Yugoslavia|France|French Guiana
French Polynesia|Gabon|Gambia|The Gambia|Gambia, The|Georgia|Germany|Ghana|Gibraltar|Greece|Greenland|Grenada
Guadeloupe|Guam|Guatemala|Guernsey|Guinea|Guinea-Bissau|Guyana|Haiti|Holy See|Holy See (Vatican City State)
Vatican City|Honduras|Hong Kong|Hong Kong SAR|China, Hong Kong SAR|Hungary|Iceland|India|Indonesia|Iran
Iran (Islamic Republic of)|Iran, Islamic Republic of|Islamic Republic of Iran|Iraq|Ireland|Republic of Ireland
Isle of Man|Israel|Italy|Jamaica|Japan|Jersey|Jordan|Kazakhstan|Kenya|Kiribati
Korea|Korea (Republic of)|Korea, Republic of|Republic of Korea|South Korea|Korea, South
Korea (Democratic People's Republic of)|Korea, Democratic People's Republic of
Democratic People's Republic of Korea|North Korea|Korea, North|Kosovo|Kuwait|Kyrgyzstan|Laos
Lao People's Democratic Republic|Latvia|Lebanon|Lesotho|Liberia|Libya|Libyan Arab Jamahiriya|Liechtenstein
Lithuania|Luxembourg|Macao|Macau|Macedonia|North Macedonia|Macedonia (the former Yugoslav Republic of)
Macedonia, The Former Yugoslav Republic of|The former Yugoslav Republic of Macedonia|Madagascar|Malawi|Malaysia
Maldives|Mali|Malta|Marshall Islands|Martinique|Mauritania|Mauritius|Mayotte|Mexico|Micronesia
Micronesia (Federated States of)|Micronesia, Federated States of|Federated States of Micronesia|Moldova
Moldova (Republic of)|Moldova, Republic of|Republic of Moldova|Monaco|Mongolia|Montenegro|Montserrat|Morocco
Mozambique|Myanmar|Burma|Namibia|Nauru|Nepal|Netherlands|The Netherlands|Netherlands, The|Netherlands Antilles
New Caledonia|New Zealand|Nicaragua|Niger|Nigeria|Niue|Northern Ireland|Northern Mariana Islands|Norway|Oman
Pakistan|Palau|Palestine|State of Palestine|Palestine, State of|Palestinian Territory, occupied
Palestinian Territories, Occupied|Occupied Palestinian Territory|Panama|Papua New Guinea|Paraguay|Peru
Philippines|The Philippines|Poland|Portugal|Puerto Rico|Qatar|Réunion|Reunion|Romania|Russia|Russian Federation
Rwanda|Saint Kitts and Nevis|Saint Lucia|Saint Martin|Saint Vincent and the Grenadines|Samoa|San Marino
Sao Tome and Principe|São Tomé and Príncipe|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore
Sint Maarten|Slovakia|Slovak Republic|Slovenia|Solomon Islands|Somalia|South Africa|South Sudan|Spain|Sri Lanka
Sudan|Suriname|Sweden|Switzerland|Syria|Syrian Arab Republic|Taiwan|Taiwan, Province of China
Taiwan, Province Of China|Tajikistan|Tanzania|Tanzania, United Republic of|United Republic of Tanzania|Thailand|Togo
Tonga|Trinidad and Tobago|Tunisia|Turkey|Türkiye|Turkiye|Turkey (Türkiye)|Turkmenistan|Turks and Caicos Islands
Tuvalu|Uganda|Ukraine|United Arab Emirates|United Kingdom|UK|U.K.|Great Britain|England|Scotland|Wales
United Kingdom of Great Britain and Northern Ireland|United States|United States of America|The United States
USA|U.S.A.|US|U.S.|United States Minor Outlying Islands|United States Virgin Islands|Virgin Islands (U.S.)
Virgin Islands, U.S.|Uruguay|Uzbekistan|Vanuatu|Venezuela|Venezuela (Bolivarian Republic of)
Venezuela, Bolivarian Republic of|Viet Nam|Vietnam|Western Sahara|Yemen|Zambia|Zimbabwe
"""

_WORD = re.compile(r"[^\s;]+")


def _key(words: list[str]) -> tuple[str, ...]:
    return tuple(word.casefold().replace("’", "'") for word in words)


_KNOWN = frozenset(_key(name.split()) for name in re.split(r"[|\n]", _NAMES.strip()))
_LONGEST = max(len(name) for name in _KNOWN)


def split_countries(line: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Take a line of country names apart, the longest known name first.

    Parameters
    ----------
    line
        Names apart by spaces, commas or semicolons.

    Returns
    -------
    known, unknown
        The character spans of the names, and of the runs of words that are no known name.

    Examples
    --------
    >>> line = "Poland Russian Federation Atlantis United States"
    >>> known, unknown = split_countries(line)
    >>> [line[a:b] for a, b in known], [line[a:b] for a, b in unknown]
    (['Poland', 'Russian Federation', 'United States'], ['Atlantis'])
    """
    words = list(_WORD.finditer(line))
    known: list[tuple[int, int]] = []
    unknown: list[tuple[int, int]] = []
    at, after_known = 0, True
    while at < len(words):
        count, trimmed = _longest([word[0] for word in words[at : at + _LONGEST]])
        start, end = words[at].start(), words[at + max(count, 1) - 1].end()
        if count:
            known.append((start, end - trimmed))
        elif after_known:
            unknown.append((start, end))
        else:
            unknown[-1] = (unknown[-1][0], end)
        after_known = bool(count)
        at += max(count, 1)
    return known, unknown


def _longest(words: list[str]) -> tuple[int, int]:
    """Return how many words the longest name at the front has, and whether a comma follows it."""
    for count in range(len(words), 0, -1):
        if _key(words[:count]) in _KNOWN:
            return count, 0
        if words[count - 1].endswith(",") and _key([*words[: count - 1], words[count - 1][:-1]]) in _KNOWN:
            return count, 1
    return 0, 0


def is_country(name: str) -> bool:
    """Whether a name is a country's.

    Examples
    --------
    >>> is_country("United States"), is_country("Atlantis")
    (True, False)
    """
    return _key(name.split()) in _KNOWN
