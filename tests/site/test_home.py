"""DATABASE_URL as people write it."""

import pytest

from gridloop.site.home import database

URLS = (
    ("postgresql://u:p%40ss@db.example:5433/street", "db.example", "5433"),  # an ordinary server
    ("postgres://u@[::1]:5432/street", "::1", "5432"),  # an address with colons of its own
    ("postgresql://u@%2FVar%2Frun%2FPG/street", "/Var/run/PG", ""),  # a folder of sockets keeps its capitals
    ("postgresql:///street", "", ""),  # the server of this machine
)


@pytest.mark.pure
@pytest.mark.parametrize(("url", "host", "port"), URLS)
def test_the_server_is_found_as_it_was_written(url: str, host: str, port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    told = database()

    assert (told["HOST"], told["PORT"], told["NAME"]) == (host, port, "street")
