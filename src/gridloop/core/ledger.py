"""The ledger: what was done is written once, sealed in order, and can be checked by anyone without asking us.

Terms
    *book*        the ledger of one sub-district; its entries are numbered 1, 2, 3 … without gaps
    *entry*       a *header* (who, what, when, about what), which stays for ever, and a *payload*, which may hold
                  personal text and can be erased
    *commitment*  ``SHA-256(salt || payload)`` with 32 random bytes of salt: the header seals the payload through it,
                  and once payload and salt are erased nobody can guess the payload from it
    *receipt*     one document with everything needed to check one entry offline

Guarantees
    * The same object always gives the same canonical bytes, whatever database it went through meanwhile.
    * A receipt passes only if header, payload, position, root and signature all agree; an erased payload is said to be
      *erased on … under …*, never *broken*, and never silently fine. (A receipt alone cannot prove the erasure lawful;
      the audit of the book does, by the sealed certificate.)
    * A header must hold no personal text: ``actor`` and ``subject`` are codes.

The rest of the ledger lies beside this module: :mod:`~gridloop.core.merkle` (the tree),
:mod:`~gridloop.core.checkpoint` (the signed heads), :mod:`~gridloop.core.audit` (a whole book), ``verifier.py`` (a
receipt, without this package). The rule is written out in ``docs/ledger.md``.

Worked example::

    >>> payload = canonical({"text": "路灯不亮", "at": datetime(2022, 5, 29, 8, 0, tzinfo=UTC)})
    >>> payload.decode()
    '{"at":"2022-05-29T08:00:00.000000Z","text":"路灯不亮"}'
    >>> commit(bytes(32), payload).hex()[:16]
    '5a998587a560754d'
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

from gridloop.core.checkpoint import (
    Checkpoint,
    KeyPair,
    VerifierKey,
    generate_key,
    open_checkpoint,
    parse_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    verifier_key,
)
from gridloop.core.errors import WrongInput
from gridloop.core.merkle import (
    EMPTY_ROOT,
    Frontier,
    GetNode,
    Node,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    node_order,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "EntryHeader",
    "Erasure",
    "Finding",
    "Frontier",
    "GetNode",
    "KeyPair",
    "Node",
    "VerifierKey",
    "book_origin",
    "canonical",
    "check_receipt",
    "commit",
    "consistency_document",
    "consistency_proof",
    "generate_key",
    "header_bytes",
    "header_fields",
    "inclusion_proof",
    "is_broken",
    "leaf_hash",
    "node_hash",
    "node_order",
    "open_checkpoint",
    "parse_checkpoint",
    "parse_verifier_key",
    "plain_json",
    "receipt_document",
    "root_at",
    "root_of",
    "sign_checkpoint",
    "verifier_key",
    "verify_consistency",
    "verify_inclusion",
]

SALT_SIZE = 32
COMMITMENT_DOMAIN = b"gridloop/commitment/v1\x00"
HEADER_FORM = "gridloop-entry-1"
RECEIPT_FORM = "gridloop-receipt-1"
CONSISTENCY_FORM = "gridloop-consistency-1"
LARGEST_WHOLE_FLOAT = 2**53


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """The part of an entry that stays for ever; it is what the tree seals.

    ``kind`` is a past event (``case.filed``); ``at`` is when the deed was done, ``recorded_at`` when it was written
    down; ``actor`` and ``subject`` are codes, never names; ``cause`` is the code of the entry this follows from.
    """

    book: str
    kind: str
    at: datetime
    actor: str
    subject: str
    commitment_hex: str
    recorded_at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Why a payload is gone: the day, the basis, and the number of the entry that records it (None until it is sealed).

    That entry is of the kind ``archive.erased`` and its payload lists the erased numbers as ``{"entries": [17, …]}``.
    """

    on: date
    under: str
    certificate: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell about a book or one of its entries.

    ``severity`` is ``broken`` (does not add up), ``warning`` (cannot be settled yet) or ``note`` (true and in order,
    such as an erasure). ``entry`` is the number of the entry, None where it concerns none in particular.
    """

    kind: str
    book: str
    entry: int | None
    sentence: str
    severity: str = "broken"


def is_broken(findings: Sequence[Finding]) -> bool:
    """Something does not add up."""
    return any(finding.severity == "broken" for finding in findings)


# --- canonical form --------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """The one spelling of a value: JSON with sorted keys, no blanks, UTF-8.

    Moments become UTC with microseconds and ``Z``, days ``YYYY-MM-DD``, exact decimals and UUIDs text, and whole floats
    integers, since JSON does not tell 1.0 from 1. Raises :class:`WrongInput` ``ledger.not_canonical`` for what has no
    single spelling: NaN and infinities, floats from 2**53 on, moments without a zone, keys not text, sets, bytes.
    """
    return _spelled(plain_json(value))


def _spelled(plain: object) -> bytes:
    try:
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        _not_canonical("$", "文字里有不成对的代理字符,请先清理文字")


def plain_json(value: object, where: str = "$") -> object:  # noqa: RET503 - the last case does not return
    """The value as text, numbers, truth values, None, lists and dicts only, as :func:`canonical` spells them."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case float():
            return _plain_float(value, where)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case datetime():
            return _moment(value, where)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {_key(key, where): plain_json(member, f"{where}.{key}") for key, member in value.items()}
        case list() | tuple():
            return [plain_json(member, f"{where}[{number}]") for number, member in enumerate(value)]
    _not_canonical(where, f"{type(value).__name__} 没有唯一的写法,请先换成文字、数或列表")


def _plain_float(value: float, where: str) -> float | int:
    if not abs(value) < LARGEST_WHOLE_FLOAT:  # also true of NaN
        _not_canonical(where, "这个小数不是有限的数或大于 2**53,请改用整数或文字")
    return int(value) if value.is_integer() else value


def _moment(value: datetime, where: str) -> str:
    if value.utcoffset() is None:
        _not_canonical(where, "时刻没有时区,请带上时区")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _key(key: object, where: str) -> str:
    return str(key) if isinstance(key, str) else _not_canonical(where, f"键 {key!r} 不是文字,请改成文字")


def _not_canonical(where: str, sentence: str) -> NoReturn:
    raise WrongInput("ledger.not_canonical", f"无法封存 {where}:{sentence}。", where=where)


# --- sealing ---------------------------------------------------------------------------------------------------------


def commit(salt: bytes, payload: bytes) -> bytes:
    """The commitment to a payload: ``SHA-256(domain || salt || payload)``. The salt is 32 random bytes, used once."""
    if len(salt) != SALT_SIZE:
        raise WrongInput("ledger.salt_size", f"盐应是 {SALT_SIZE} 个字节,请重新生成。", size=len(salt))
    return sha256(COMMITMENT_DOMAIN + salt + payload).digest()


def header_fields(header: EntryHeader) -> dict[str, str]:
    """The header as it is sealed and printed: text only; ``cause`` is left out when there is none."""
    fields = {
        "form": HEADER_FORM,
        "book": header.book,
        "kind": header.kind,
        "at": _moment(header.at, "at"),
        "recorded_at": _moment(header.recorded_at, "recorded_at"),
        "actor": header.actor,
        "subject": header.subject,
        "commitment": header.commitment_hex,
    }
    return fields | {"cause": header.cause} if header.cause else fields


def header_bytes(header: EntryHeader) -> bytes:
    """The canonical bytes of the header: the entry of the tree is exactly this."""
    return _spelled(header_fields(header))


def book_origin(site: str, book: str) -> str:
    """The origin of a book's checkpoints: ``<site>/<book>``; one key may sign many books without mixing them."""
    return f"{site}/{book}"


# --- receipts --------------------------------------------------------------------------------------------------------


def receipt_document(
    header: EntryHeader,
    *,
    index: int,
    size: int,
    proof: Sequence[bytes],
    checkpoint: str,
    salt: bytes | None = None,
    payload: bytes | None = None,
    erasure: Erasure | None = None,
) -> dict[str, object]:
    """Everything a resident needs to check one entry offline, JSON-ready.

    ``index`` counts from 0 (the entry numbered n has index n - 1), ``size`` is that of the signed ``checkpoint`` note,
    ``proof`` the audit path, ``payload`` its canonical bytes. Give payload and salt, or the erasure, or neither: a
    receipt without payload proves that the entry exists, not what it says.
    """
    document: dict[str, object] = {
        "form": RECEIPT_FORM,
        "header": header_fields(header),
        "index": index,
        "size": size,
        "proof": [b64encode(step).decode() for step in proof],
        "checkpoint": checkpoint,
    }
    if payload is not None and salt is not None:
        document |= {"payload": json.loads(payload), "salt": b64encode(salt).decode()}
    if erasure is not None:
        document["erased"] = {"on": erasure.on.isoformat(), "under": erasure.under, "certificate": erasure.certificate}
    return document


def consistency_document(*, old: int, new: int, proof: Sequence[bytes]) -> dict[str, object]:
    """The proof that the book of ``new`` entries extends that of ``old``, JSON-ready."""
    steps = [b64encode(step).decode() for step in proof]
    return {"form": CONSISTENCY_FORM, "old": old, "new": new, "proof": steps}


def check_receipt(document: Mapping[str, object], *, verifier_key: str) -> list[Finding]:
    """What is to be told about a receipt: nothing when all agrees, one finding of severity note when it was erased.

    Raises :class:`WrongInput` ``ledger.verifier_key`` for a malformed key; never for a malformed receipt.
    """
    parse_verifier_key(verifier_key)
    try:
        return list(_receipt_findings(document, verifier_key))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, WrongInput):
        return [Finding("malformed", "", None, "凭证缺少内容或格式不对,请重新下载凭证。")]


def _receipt_findings(document: Mapping[str, object], key: str) -> Iterator[Finding]:
    header, index = _fields(document["header"]), _whole(document["index"])
    book, entry = str(header["book"]), index + 1
    if document["form"] != RECEIPT_FORM or header["form"] != HEADER_FORM:
        yield Finding("form", book, entry, "凭证的格式版本不认识,请换用新版的验证程序。")
    try:
        checkpoint = open_checkpoint(str(document["checkpoint"]), verifier_key=key)
    except WrongInput as refusal:
        yield Finding("checkpoint", book, entry, refusal.sentence)
        return
    if checkpoint.origin.rpartition("/")[2] != book:
        yield Finding("book", book, entry, f"检查点属于“{checkpoint.origin}”,不是账册“{book}”,请核对凭证。")
    if not _is_included(document, header, index, checkpoint):
        yield Finding(
            "inclusion", book, entry, f"第 {entry} 条不在签名的账册里:头部、序号或证明被改动过,请报告给监督部门。"
        )
    yield from _payload_findings(document, header, book, entry)


def _is_included(document: Mapping[str, object], header: Mapping[str, object], index: int, head: Checkpoint) -> bool:
    steps = document["proof"]
    if not isinstance(steps, list) or _whole(document["size"]) != head.size:
        return False
    proof = [b64decode(step, validate=True) for step in steps]
    return verify_inclusion(leaf_hash(canonical(header)), index, head.size, proof, head.root)


def _payload_findings(
    document: Mapping[str, object], header: Mapping[str, object], book: str, entry: int
) -> Iterator[Finding]:
    if "payload" in document:
        salt = b64decode(str(document["salt"]), validate=True)
        if len(salt) != SALT_SIZE or commit(salt, canonical(document["payload"])).hex() != header["commitment"]:
            yield Finding("payload", book, entry, f"第 {entry} 条的正文(或盐)与封存的承诺不符:正文被改动过。")
    elif "erased" in document:
        erased = _fields(document["erased"])
        sentence = f"第 {entry} 条的正文,凭证称已于 {erased['on']} 依据“{erased['under']}”销毁;条目本身完好。"
        yield Finding("erased", book, entry, sentence, "note")


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("an object was expected")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number was expected")
    return value
