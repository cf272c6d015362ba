"""News of an area as a feed: what the map says, nothing more, for nobody in particular."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.web_public.conftest import Resident
from tests.web_public.test_street import switched_on, told

FEED = "/s/sample/map/feed.xml"
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(resident: Resident, address: str = FEED) -> list[str]:
    answer = resident.browser.get(address)
    assert answer["Content-Type"].startswith("application/atom+xml")
    return [
        str(entry.findtext(f"{ATOM}title")) for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")
    ]


def test_there_is_no_feed_where_there_is_no_map(resident: Resident) -> None:
    assert resident.browser.get(FEED).status_code == 404


def test_the_feed_says_what_the_map_says_and_hides_what_it_hides(resident: Resident) -> None:
    switched_on()
    told("C1-SW", 5)
    told("C2-NE", 2)

    said = titles(resident)

    assert any(":7 人" in each for each in said)
    assert not any("东北小区" in each or ":2 人" in each for each in said)


def test_a_feed_of_an_area_holds_what_lies_in_it(resident: Resident) -> None:
    switched_on()
    told("C1-SW", 5)
    told("C2-NE", 6)

    said = titles(resident, f"{FEED}?within=C2")

    assert said and all(":6 人" in each for each in said)


def test_an_area_that_is_none_is_told_so(resident: Resident) -> None:
    switched_on()

    assert resident.browser.get(f"{FEED}?within=nowhere").status_code == 404


def test_the_day_s_entries_keep_their_names_all_day(resident: Resident) -> None:
    switched_on()
    told("C1-SW", 5)

    first, second = (resident.browser.get(FEED).content for _ in range(2))

    assert first == second
