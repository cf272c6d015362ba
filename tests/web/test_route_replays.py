"""A draft of the routing table replayed in the browser: figures, charts with their tables, the cases; refused where it cannot be."""

from __future__ import annotations

import json

from tests.web.setting_up import newest, text_of, upload

MOVED = """行,类别,单位,时限方案,理由
R1,城乡建设,housing,1137,城建类由{unit}主办
R3,环境保护,environment,1137,环境类由{unit}主办
R4,企业服务,economy,san_bu_guo,企业问题由{unit}牵头
"""


def draft_of_lamps(signed_in):
    """A draft that sends street lights elsewhere."""
    keeper = signed_in("keeper")
    upload(keeper, MOVED)
    return keeper, f"/setup/changes/{newest().ref}/replay/"


def test_a_draft_is_replayed_with_figures_tables_and_cases(signed_in, light):
    keeper, address = draft_of_lamps(signed_in)

    page = text_of(keeper.get(address))
    told = json.loads(keeper.get(f"{address}?form=json").content)

    assert "城市管理中队" in page and "房管所" in page and 'data-chart="load-units"' in page
    assert (told["cases"], told["changed_hops"]) == (1, 1) and told["changed_cases"][0]["case"] in page
    assert f'action="{address}"' in text_of(keeper.get(address.removesuffix("replay/")))


def test_a_period_without_cases_and_one_that_is_none_say_so(signed_in, light):
    keeper, address = draft_of_lamps(signed_in)

    assert "没有登记过事项" in text_of(keeper.get(f"{address}?from=2001-01-01&to=2001-02-01"))
    assert keeper.get(f"{address}?from=2022-05-02&to=2022-05-01").status_code == 422
    assert keeper.get(f"{address}?from=yesterday&to=2022-05-01").status_code == 422


def test_a_replay_is_for_those_who_may_draft(signed_in, light):
    _, address = draft_of_lamps(signed_in)

    assert signed_in("urban").get(address).status_code == 403
    assert signed_in("leader").get(address).status_code == 200
