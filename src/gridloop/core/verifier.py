#!/usr/bin/env python3
"""Check a receipt of the ledger offline: one file, the standard library and ``cryptography``, nothing of gridloop.

    python verifier.py receipt.json --key VERIFIER_KEY
    python verifier.py receipt.json --key VERIFIER_KEY --older checkpoint.txt --proof consistency.json

The first checks that the entry of the receipt is sealed in the signed book and that its text is the sealed text. The
second also checks that the book only grew since an older checkpoint you kept: nothing was changed or taken out.
Exit code: 0 everything agrees, 1 something does not, 2 wrong use. What is checked, in this order:

1. the checkpoint is signed by the key (C2SP signed-note, Ed25519) and is of the book that the header names,
2. header, position and audit path lead to the signed root (RFC 9162 section 2.1.3.2),
3. SHA-256(domain || salt || text) is the commitment in the header, or the receipt says when and why it was erased,
4. with --older: the consistency proof leads from the older root to the newer (RFC 9162 section 2.1.4.2).
"""

import argparse
import hashlib
import json
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOMAIN = b"gridloop/commitment/v1\x00"
Key = tuple[str, bytes, bytes]  # key name, key id, public key
Head = tuple[str, int, bytes]  # origin, size, root of a checkpoint
FORMS = ("gridloop-receipt-1", "gridloop-entry-1")


class Failed(Exception):
    """Something does not agree; the sentences say what, in Chinese and in English."""


def demand(holds: object, chinese: str, english: str) -> None:
    if not holds:
        raise Failed(f"{chinese} / {english}")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


def unbase64(text: str) -> bytes:
    decoded = b64decode(text, validate=True)
    demand(b64encode(decoded).decode() == text, "有一段 base64 写法不规范", "non-canonical base64")
    return decoded


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no blanks; whole floats are written as integers."""

    def plain(item: Any) -> Any:
        if isinstance(item, float):
            demand(abs(item) < 2**53, "正文里有无法封存的数", "a number that cannot be sealed")
            return int(item) if item.is_integer() else item
        if isinstance(item, dict):
            return {key: plain(member) for key, member in item.items()}
        return [plain(member) for member in item] if isinstance(item, list) else item

    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def open_key(text: str) -> Key:
    """The key written ``name+id+base64``."""
    name, identifier, encoded = text.strip().split("+", 2)
    public = unbase64(encoded)[1:]
    key_id = sha256(name.encode(), b"\n\x01", public)[:4]
    demand(unbase64(encoded)[:1] == b"\x01" and len(public) == 32 and key_id.hex() == identifier, "公钥", "key")
    return name, key_id, public


def open_note(note: str, key: Key) -> Head:
    """The head that a note signed by this key states."""
    name, key_id, public = key
    head, gap, tail = note.rpartition("\n\n")
    clean = not any(sign < " " and sign != "\n" for sign in note)
    demand(gap and tail.endswith("\n") and clean, "检查点不是签名文本", "the checkpoint is not a signed note")
    text, signed = head + "\n", False
    for line in tail[:-1].split("\n"):
        dash, signer, encoded = [*line.split(" "), "", ""][:3]
        signature = unbase64(encoded)
        demand(dash == "—" and signer and len(signature) > 4, "签名行不合格式", "malformed signature line")
        if (signer, signature[:4]) == (name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Failed("检查点的签名不符 / the signature of the checkpoint is wrong") from None
            signed = True
    demand(signed, "检查点没有这把公钥的签名", "the checkpoint is not signed by this key")
    lines = head.split("\n")
    demand(len(lines) > 2 and str(int(lines[1])) == lines[1], "检查点应有三行", "a checkpoint has three lines")
    return lines[0], int(lines[1]), unbase64(lines[2])


def fold(path: list[bytes], index: int, last: int, start: bytes) -> tuple[bytes, bytes]:
    """Walk an audit path up from ``start``; the second of the pair only takes left siblings (the older tree)."""
    newer = older = start
    for step in path:
        demand(last > 0 and len(step) == 32, "证明太长或有缺损", "the proof is too long or damaged")
        if index & 1 or index == last:
            newer, older = node(step, newer), node(step, older)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            newer = node(newer, step)
        index, last = index >> 1, last >> 1
    demand(last == 0, "证明太短", "the proof is too short")
    return newer, older


def check_consistency(old: Head, new: Head, path: list[bytes]) -> None:
    """The newer (origin, size, root) extends the older one."""
    (_, m, old_root), (_, n, new_root) = old, new
    demand(old[0] == new[0], "两个检查点不是同一账册", "the checkpoints are of different books")
    demand(m <= n, "“旧”检查点比新的还大:账册被截短", "the older checkpoint is larger: the book was cut")
    if m == n or m == 0:
        same = old_root == new_root if m == n else old_root == sha256()
        demand(same and not path, "同样条数而根不同:账册被改写", "same size, different root: the book was rewritten")
        return
    path = path if m & (m - 1) else [old_root, *path]
    demand(path, "证明是空的", "the proof is empty")
    index, last = m - 1, n - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    agrees = fold(path[1:], index, last, path[0]) == (new_root, old_root)
    demand(agrees, "旧账册不是新账册的开头:被改写过", "the book was rewritten since the older checkpoint")


def check_receipt(receipt: Any, key: Key) -> Head:
    """Print what holds; the checkpoint of the receipt is returned."""
    header = receipt["header"]
    demand((receipt["form"], header["form"]) == FORMS, "凭证格式不认识", "unknown form of receipt")
    origin, size, root = checkpoint = open_note(receipt["checkpoint"], key)
    demand(origin.rpartition("/")[2] == header["book"], "检查点是别的账册的", "the checkpoint is of another book")
    index, path, leaf = receipt["index"], [unbase64(step) for step in receipt["proof"]], canonical(header)
    placed = type(index) is int and receipt["size"] == size and 0 <= index < size
    inside = placed and fold(path, index, size - 1, sha256(b"\x00", leaf))[0] == root
    demand(inside, "条目不在签名的账册里:头部、序号或证明被改动", "the entry is not in the signed book")
    print(f"条目 {index + 1}/{size} 在账册 {origin} 里 / entry {index + 1} of {size} is in the book")
    if "payload" in receipt:
        salt = unbase64(receipt["salt"])
        sealed = sha256(DOMAIN, salt, canonical(receipt["payload"])).hex()
        demand(len(salt) == 32 and sealed == header["commitment"], "正文被改动过", "the text is not the sealed text")
        print("正文就是当时封存的正文 / the text is the sealed text")
    elif "erased" in receipt:
        on, under = receipt["erased"]["on"], receipt["erased"]["under"]
        print(f"凭证称:正文已于 {on} 依据“{under}”销毁 / by the receipt, text erased on {on} under “{under}”")
    else:
        print("凭证不含正文,只证明条目存在 / no text in the receipt: only the entry is proved")
    return checkpoint


def check(receipt: Any, key: Key, older: str | None, proof: Any) -> None:
    newer = check_receipt(receipt, key)
    if older is not None:
        check_consistency(open_note(older, key), newer, [unbase64(step) for step in proof["proof"]])
        print("账册自旧检查点以来只增不改 / the book only grew since the older checkpoint")
    print("通过 / OK")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="离线核验账册凭证 / check a ledger receipt offline")
    parser.add_argument("receipt", help="凭证文件 / receipt (JSON)")
    parser.add_argument("--key", required=True, help="验证公钥 / verifier key: name+id+base64")
    parser.add_argument("--older", help="自己留存的旧检查点 / older checkpoint kept by you")
    parser.add_argument("--proof", help="一致性证明 / consistency proof (JSON)")
    asked = parser.parse_args(arguments)
    if bool(asked.older) != bool(asked.proof):
        parser.error("--older 与 --proof 要一起给 / --older and --proof go together")
    try:
        key = open_key(asked.key)
        texts = [name and Path(name).read_text("utf-8") for name in (asked.receipt, asked.older, asked.proof)]
    except (OSError, UnicodeDecodeError) as fault:
        parser.error(f"读不了文件 / cannot read: {fault}")
    except (ValueError, Failed):
        parser.error("验证公钥抄写有误,请复制整行 / malformed verifier key: copy the whole line")
    try:
        check(json.loads(texts[0]), key, texts[1], texts[2] and json.loads(texts[2]))
    except Failed as failure:
        print(f"不符 / FAILED: {failure}")
        return 1
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        print("不符 / FAILED: 凭证或证明缺损,请重新下载 / the receipt or proof is damaged")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
