"""全街道 ▸ 社区 ▸ 网格: the place is picked step by step on the list of cases and on the grid map, and stands in the address."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from tests.offices.loop import told
from tests.sample import CODE, IN_NE

SignIn = Callable[[str], Client]
C1 = f"410102/{CODE}/C1"


def shown(client: Client, address: str) -> str:
    page = str(client.get(address).content.decode())
    return page.partition("data-scope")[2].partition("</details></div>")[0] or page.partition("data-scope")[2][:600]


def steps(part: str) -> list[str]:
    return [each.strip() for each in re.findall(r"<li[^>]*>(?:<a [^>]*>)?([^<]+)", part.partition("</nav>")[0])]


def test_the_list_is_narrowed_step_by_step_and_keeps_what_else_is_asked(signed_in: SignIn, street: object) -> None:
    told()
    told(**IN_NE)
    desk = signed_in("desk")

    whole = shown(desk, "/cases/?state=open")
    address = next(each for each in re.findall(r'href="([^"]+)"', whole) if "C1" in each).replace("&amp;", "&")
    below = shown(desk, f"/cases/{address}")

    assert steps(whole) == ["全街道"] and "选社区" in whole
    assert "state=open" in address and f"place={C1.replace('/', '%2F')}" in address
    assert len(steps(below)) == 2 and 'href="?state=open"' in below and "选下级" in below
    deepest = next(each for each in re.findall(r'href="([^"]+)"', below) if "C1%2F" in each or "SW" in each).replace(
        "&amp;", "&"
    )
    last = shown(desk, f"/cases/{deepest}")
    assert len(steps(last)) == 3 and 'aria-current="location"' in last
    assert steps(shown(desk, "/cases/?place=nowhere")) == ["全街道"]


def test_the_grid_map_has_the_same_way_down(signed_in: SignIn, street: object) -> None:
    told()
    desk = signed_in("desk")

    whole, below = shown(desk, "/atlas/"), shown(desk, "/atlas/?within=C1")

    assert "/atlas/?within=C1" in whole and steps(whole) == ["全街道"]
    assert (
        len(steps(below)) == 2 and 'href="/atlas/"' in below and desk.get("/atlas/?within=nothing").status_code == 404
    )
