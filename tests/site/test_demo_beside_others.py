"""A demonstration beside a street that was set up for good."""

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import Refused
from gridloop.offices.archive.models import Entry
from gridloop.offices.organisation.actions import open_street
from gridloop.site import demo

pytestmark = pytest.mark.django_db


def test_a_street_that_bears_a_demonstrations_code_is_not_given_a_made_up_history() -> None:
    open_street(
        by=SYSTEM,
        at=demo.FOUNDED,
        code="410102014",
        slug="real",
        name="柳湖街道",
        district="410102",
        district_name="中原区",
    )
    before = Entry.objects.count()

    with pytest.raises(Refused, match="GRIDLOOP_HOME"):
        demo.load(at=demo.EARLIEST_PRESENT)

    assert Entry.objects.count() == before
