"""DATABASE_URL as people write it; the address that stands in QR codes, and the name the ledger signs under."""

import pytest

from gridloop.site.home import database, public_url, signing_name

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


# GRIDLOOP_URL, the port of `gridloop up`, the address in receipts, the name the ledger signs under
ADDRESSES = (
    ("", "", "http://127.0.0.1:8000", "127.0.0.1:8000"),
    ("", "8317", "http://127.0.0.1:8317", "127.0.0.1:8000"),  # the tick, which serves at no port, signs alike
    ("https://street.example.cn", "8317", "https://street.example.cn", "street.example.cn"),
    ("https://u:p@street.example.cn:8443/", "", "https://u:p@street.example.cn:8443/", "street.example.cn:8443"),
    ("", "x", "http://127.0.0.1:8000", "127.0.0.1:8000"),
)


@pytest.mark.pure
@pytest.mark.parametrize(("url", "port", "address", "name"), ADDRESSES)
def test_receipts_lead_to_the_port_that_is_served_while_the_ledger_keeps_its_name(
    url: str, port: str, address: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDLOOP_URL", url)
    monkeypatch.setenv("GRIDLOOP_PORT", port)

    assert (public_url(), signing_name()) == (address, name)
