"""Signing a message as Standard Webhooks does it, so that any of its libraries can verify it.

Terms: the *secret* is ``whsec_`` and 24 random bytes in base64; the *signed text* is ``{webhook-id}.{webhook-timestamp}.{body}``; the
*signature* is ``v1,`` and the base64 of HMAC-SHA256 over it. While a secret is being changed the header holds two, parted by a blank.

Worked example (RFC 4231 style: anyone can check it)::

    sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id="msg_1", timestamp=1614265330, body='{"test": 2432232314}')
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from binascii import Error as NotBase64
from collections.abc import Iterable

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds by which a message's time may differ from the receiver's."""


def new_webhook_secret(random: bytes) -> str:
    """The secret that these random bytes (24 to 64) make."""
    return PREFIX + base64.b64encode(random).decode()


def sign(secret: str, *, message_id: str, timestamp: int, body: str) -> str:
    """One signature, ``v1,…``. Raises ValueError for a secret that is none."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return f"v1,{base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()}"


def headers(secrets: Iterable[str], *, message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """The three headers of a message, signed with each of the secrets."""
    signatures = [sign(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in secrets if secret]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def is_signed(secret: str, *, told: dict[str, str], body: str, now: int) -> bool:
    """What a receiver asks: whether one of the signatures is ours and the message is not old."""
    message_id, timestamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(int(timestamp) - now) > TOLERANCE:
        return False
    expected = sign(secret, message_id=message_id, timestamp=int(timestamp), body=body)
    return any(hmac.compare_digest(expected, each) for each in told.get("webhook-signature", "").split())


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except NotBase64 as fault:
        raise ValueError("not a webhook secret") from fault
