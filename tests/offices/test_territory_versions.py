"""A boundary version: drafted, refused while it gaps, published by a second person, in force on its day, rolled back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, TooMuch, WrongInput
from gridloop.core.outlines import Columns
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import actions, queries
from gridloop.offices.territory.actions import NEW, Onto
from gridloop.offices.territory.models import Boundary, BoundaryVersion, Grid
from tests.sample import CODE, MONDAY, sample_street, square, who

MIDDLE = [(113.505, 34.69), (113.505, 34.73)]  # from south to north through SW and NW
WIDER = square(113.50, 34.70, 0.012)
CUT = {"line": MIDDLE, "code": "C1-SW2", "name": "西南小区东院"}


@pytest.fixture(autouse=True)
def street(db):
    return sample_street()


def split(by="keeper", *, at=MONDAY, onto=NEW, **changed):
    line = [(113.506, 34.69), (113.506, 34.705), (113.506, 34.7099), (113.506, 34.7101)]
    wanted = {"grid": "C1-SW", "line": line, "code": "C1-SW2", "name": "西南小区东院", **changed}
    return actions.draft_split(by=who(by), at=at, street=CODE, onto=onto, **wanted)


def publish(version, by="keeper2", *, at=MONDAY, **options):
    return actions.publish_version(by=who(by), at=at, street=CODE, version=version.ref, **options)


def roll_back(version, *, at=MONDAY):
    return actions.roll_back_version(by=who("leader"), at=at, street=CODE, version=version.ref)


def file_at(lon, lat):
    filing = cases.Filing(text="路灯不亮", category="城乡建设/市政设施/路灯", source="phone", lon=lon, lat=lat)
    return cases.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case


def cell_of(lon, lat):
    return queries.atlas_of(organisation.street(CODE)).locate(lon, lat).code


def kinds(version):
    return sorted({flaw.kind for checked in queries.reports_of(version) for flaw in checked.report.flaws} - {"sliver"})


def test_a_split_is_drafted_by_one_published_by_another_and_old_cases_keep_their_cell():
    old = file_at(113.508, 34.705)
    draft = split()
    assert cell_of(113.508, 34.705) == "C1-SW"  # a draft changes nothing

    published = publish(draft)

    assert published.state == "in_force"
    assert cell_of(113.508, 34.705) == "C1-SW2"
    new = file_at(113.508, 34.705)
    old = Case.objects.get(pk=old.pk)
    assert old.place.endswith("C1/C1-SW") and new.place.endswith("C1/C1-SW2")
    assert [entry.kind for entry in Entry.objects.filter(subject=f"boundary_version:{draft.ref}").order_by("id")] == [
        "boundary_version.drafted",
        "boundary_version.published",
    ]


def test_the_boundary_by_which_an_old_case_was_placed_can_still_be_told():
    old = file_at(113.508, 34.705)
    publish(split(at=MONDAY + timedelta(hours=1)), at=MONDAY + timedelta(hours=2))

    before = queries.boundary_at(old.grid_id, at=old.filed_at)
    now = queries.boundary_at(old.grid_id, at=MONDAY + timedelta(days=1))

    assert (before.version, now.version) == (1, 2)


def test_whoever_took_part_in_the_draft_does_not_publish_it():
    draft = split("keeper")
    with pytest.raises(NotAllowed):
        publish(draft, "keeper")

    added = actions.draft_split(
        by=who("keeper2"), at=MONDAY, street=CODE, grid="C2-NW", line=MIDDLE, code="C2-NW2", name="西北小区东院",
        onto=Onto(draft.ref, draft.rev),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        publish(added, "keeper2")
    assert publish(added, "leader").state == "in_force"


@pytest.mark.parametrize("username", ["desk", "urban", "grid", "verifier", "above"])
def test_only_those_who_set_up_draft_publish_discard_or_roll_back(username):
    draft = split()
    attempts = [
        lambda: split(username, code="X"),
        lambda: publish(draft, username),
        lambda: actions.discard_version(by=who(username), at=MONDAY, street=CODE, version=draft.ref),
        lambda: actions.roll_back_version(by=who(username), at=MONDAY, street=CODE, version=draft.ref),
        lambda: actions.draft_merge(by=who(username), at=MONDAY, street=CODE, grid="C1-SW", absorbed="C1-SE"),
        lambda: actions.draft_outline(by=who(username), at=MONDAY, street=CODE, grid="C1-SW", geometry=WIDER),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_a_keeper_of_this_street_cannot_touch_another():
    with pytest.raises(NotAllowed):
        actions.draft_merge(by=who("keeper"), at=MONDAY, street="410102991", grid="C1-SW", absorbed="C1-SE")


def test_a_draft_with_an_overlap_and_a_gap_is_refused_until_it_tiles():
    draft = actions.draft_outline(
        by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW", geometry=square(113.502, 34.70, 0.01)
    )
    assert kinds(draft) == ["gap", "overlap"]
    with pytest.raises(Refused) as refused:
        publish(draft)
    assert refused.value.code == "territory.does_not_tile" and refused.value.fields["flaws"]

    mended = actions.draft_fitted_outline(
        by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW", geometry=square(113.50, 34.70, 0.01),
        onto=Onto(draft.ref, draft.rev),
    )  # fmt: skip

    assert kinds(mended) == []


def test_neighbours_follow_a_moved_border():
    draft = actions.draft_fitted_outline(by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW", geometry=WIDER)

    assert sorted(each["code"] for each in draft.outlines) == ["C1-SE", "C1-SW"]  # communities are not crossed
    assert kinds(draft) == ["overlap"]  # with the other community's compounds, which must be talked to


def test_a_gap_that_is_declared_a_hole_may_be_published():
    draft = actions.draft_outline(
        by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW",
        geometry={"type": "Polygon", "coordinates": [[[113.5, 34.7], [113.51, 34.7], [113.51, 34.71], [113.502, 34.71], [113.5, 34.702], [113.5, 34.7]]]},
    )  # fmt: skip
    gap = next(flaw for checked in queries.reports_of(draft) for flaw in checked.report.flaws)
    with pytest.raises(Refused):
        publish(draft)
    with pytest.raises(WrongInput):
        actions.declare_hole(
            by=who("keeper"), at=MONDAY, street=CODE, place=gap.point, why=" ", onto=Onto(draft.ref, draft.rev)
        )

    declared = actions.declare_hole(
        by=who("keeper"), at=MONDAY, street=CODE, place=gap.point, why="划归邻街", onto=Onto(draft.ref, draft.rev)
    )

    assert publish(declared).state == "in_force"
    assert queries.declared_holes(CODE)[0]["why"] == "划归邻街"
    assert kinds(split(grid="C1-SE", line=[(113.515, 34.6), (113.515, 34.8)], code="C1-SE2")) == []


def test_merging_ends_one_grid_and_rolling_back_brings_it_back():
    draft = actions.draft_merge(by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW", absorbed="C1-SE")
    old = file_at(113.515, 34.705)
    published = publish(draft, at=MONDAY + timedelta(hours=1))
    assert cell_of(113.515, 34.705) == "C1-SW"
    assert "C1-SE" not in [grid.code for grid in queries.grids(CODE)]
    atlas = queries.atlas_of(organisation.street(CODE))
    assert [cell.code for cell in atlas.lineage(Case.objects.get(pk=old.pk).place)][
        -1
    ] == "C1-SE"  # the old case is still told where

    roll_back(published, at=MONDAY + timedelta(hours=2))

    assert cell_of(113.515, 34.705) == "C1-SE"
    assert Boundary.objects.filter(grid__code="C1-SE", valid_until__isnull=True).count() == 1
    assert BoundaryVersion.objects.get(pk=published.pk).state == "rolled_back"
    with pytest.raises(Refused):
        roll_back(published)


def test_rolling_back_a_split_ends_the_new_grid():
    published = publish(split())

    roll_back(published, at=MONDAY + timedelta(hours=1))

    assert cell_of(113.508, 34.705) == "C1-SW"
    assert Grid.objects.get(code="C1-SW2").valid_until is not None


def test_only_the_newest_version_is_rolled_back():
    first = publish(split())
    second = publish(
        split(grid="C1-SE", line=[(113.515, 34.6), (113.515, 34.8)], code="C1-SE2"), at=MONDAY + timedelta(hours=1)
    )

    with pytest.raises(Refused):
        roll_back(first)
    roll_back(second, at=MONDAY + timedelta(hours=2))
    assert roll_back(first, at=MONDAY + timedelta(hours=3)).state == "rolled_back"


def test_a_version_is_in_force_when_its_day_has_come_and_only_once():
    later = MONDAY + timedelta(days=3)
    published = publish(split(), valid_from=later)
    assert published.state == "published" and cell_of(113.508, 34.705) == "C1-SW"
    assert actions.enact_due(street=CODE, at=later - timedelta(seconds=1)) == 0

    assert actions.enact_due(street=CODE, at=later) == 1
    assert actions.enact_due(street=CODE, at=later) == 0

    assert cell_of(113.508, 34.705) == "C1-SW2"
    assert Entry.objects.filter(kind="boundary_version.enacted").count() == 1


def test_a_version_that_no_longer_holds_on_its_day_is_a_draft_again():
    later = MONDAY + timedelta(days=3)
    published = publish(split(), valid_from=later)
    actions.publish_boundary(
        by=who("leader"), at=MONDAY, grid=queries.grid(CODE, "C1-SW"), geometry=WIDER, source="另行导入"
    )

    actions.enact_due(street=CODE, at=later)

    assert BoundaryVersion.objects.get(pk=published.pk).state == "draft"
    assert Entry.objects.filter(kind="boundary_version.stopped").count() == 1


def test_while_one_version_waits_for_its_day_no_other_is_published_and_it_can_be_put_away():
    waiting = publish(split(), valid_from=MONDAY + timedelta(days=3))
    other = split(grid="C1-SE", line=[(113.515, 34.6), (113.515, 34.8)], code="C1-SE2")
    with pytest.raises(Refused):
        publish(other)

    actions.discard_version(by=who("keeper"), at=MONDAY, street=CODE, version=waiting.ref)

    assert publish(other).state == "in_force"


def test_a_draft_on_a_boundary_that_changed_meanwhile_is_outdated():
    first, second = split(), split(code="C1-SW3")
    publish(first)

    with pytest.raises(Outdated):
        publish(second)


def test_a_stale_form_and_a_second_publication_are_refused():
    draft = split()
    split(grid="C1-SE", line=[(113.515, 34.6), (113.515, 34.8)], code="C1-SE2", onto=Onto(draft.ref, draft.rev))

    with pytest.raises(Outdated):
        split(grid="C2-NW", code="C2-NW2", line=MIDDLE, onto=Onto(draft.ref, draft.rev))
    with pytest.raises(Outdated):
        publish(draft, rev=draft.rev)
    published = publish(draft)
    with pytest.raises(Refused):
        publish(published)


def test_a_file_goes_in_with_its_good_rows_and_names_the_bad_ones():
    features = [
        ("C1-SW", square(113.50, 34.70, 0.01), {}),
        ("C1-SE", square(113.51, 34.70, 0.01), {"parent": "C2"}),  # stands under C1
        ("C2-NW", {"type": "Point", "coordinates": [1, 2]}, {}),
        ("NEW", square(113.52, 34.70, 0.01), {"parent": "C1"}),
        ("LOST", square(113.53, 34.70, 0.01), {"parent": "NOWHERE"}),
    ]
    content = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"code": code, "name": f"𠮷{code}", **more}, "geometry": geometry}
                for code, geometry, more in features
            ],
        }
    ).encode()

    found = actions.draft_file(
        by=who("keeper"),
        at=MONDAY,
        street=CODE,
        content=content,
        file="界.geojson",
        columns=Columns(parent_column="parent"),
        system="wgs84",
    )

    assert [each["code"] for each in found.version.outlines] == ["C1-SW", "NEW"]
    assert len(found.problems) == 3
    assert publish(found.version).state == "in_force"
    assert cell_of(113.525, 34.705) == "NEW" and Grid.objects.get(code="NEW").path.endswith("/C1/NEW")
    roll_back(BoundaryVersion.objects.get(), at=MONDAY + timedelta(hours=1))
    assert queries.atlas_of(organisation.street(CODE)).locate(113.525, 34.705) is None


def test_a_grid_drawn_for_the_first_time_has_no_boundary_again_after_rolling_back():
    outline = {
        "type": "Polygon",
        "coordinates": [[[113.5, 34.7], [113.52, 34.7], [113.52, 34.71], [113.5, 34.71], [113.5, 34.7]]],
    }
    published = publish(actions.draft_outline(by=who("keeper"), at=MONDAY, street=CODE, grid="C1", geometry=outline))
    assert "C1" in queries.outlines_present(CODE)

    roll_back(published, at=MONDAY + timedelta(hours=1))

    assert "C1" not in queries.outlines_present(CODE)
    assert Grid.objects.get(code="C1").valid_until is None


@pytest.mark.parametrize(
    "attempt",
    [
        {"grid": "C1"},  # has no outline
        {"code": "C1-SE"},  # is taken
        {"code": "a/b"},
        {"code": ""},
        {"name": " "},
        {"name": "𠮷" * 81},
        {"line": [(0.0, 0.0), (1.0, 1.0)]},
        {"line": []},
    ],
)
def test_a_split_that_makes_no_sense_is_refused_and_leaves_nothing(attempt):
    with pytest.raises((WrongInput, Refused, NotFound)):
        split(**attempt)
    assert BoundaryVersion.objects.count() == 0


def test_grids_of_different_communities_are_not_merged_nor_one_with_itself():
    for other in ("C2-NW", "C1-SW"):
        with pytest.raises(WrongInput):
            actions.draft_merge(by=who("keeper"), at=MONDAY, street=CODE, grid="C1-SW", absorbed=other)


def test_drafts_do_not_pile_up_without_end_and_a_huge_file_is_not_read(monkeypatch):
    monkeypatch.setattr("gridloop.core.outlines.LARGEST", 10)
    with pytest.raises(TooMuch):
        actions.draft_file(
            by=who("keeper"), at=MONDAY, street=CODE, content=b"x" * 11, file="x", columns=Columns(), system="wgs84"
        )
    for number in range(20):
        split(code=f"N{number}")
    with pytest.raises(Refused):
        split(code="N20")


@given(share=st.floats(0.1, 0.9))
def test_however_a_cell_is_cut_every_point_of_it_has_one_cell(share):
    lat = 34.70 + 0.01 * share
    draft = split(line=[(113.4, lat), (113.6, lat)], code="CUT")

    index = queries.index_after(draft)

    assert {index.locate(113.505, 34.70 + 0.01 * step / 20 + 1e-7) for step in range(20)} == {"C1-SW", "CUT"}
    assert kinds(draft) == []
    actions.discard_version(by=who("keeper"), at=MONDAY, street=CODE, version=draft.ref)
