"""A checkpoint: *the book so-and-so held so many entries with this root*, signed, in the text form everyone can read.

Terms
    *origin*        the identity of one log: here ``<site>/<book>``, such as ``lianhu.example/410102013``
    *note*          text, an empty line, and one signature line per key (C2SP signed-note)
    *key name*      who signs; by custom the origin or the site; no blanks and no ``+``
    *verifier key*  ``<key name>+<key id in hex>+<base64 of 0x01 and the public key>``: what a resident is given once

Guarantees
    * ``open_checkpoint(sign_checkpoint(c)) == c``, and a note altered in any way does not open.
    * Signatures by unknown keys are passed over, so witnesses may add theirs and keys can be changed.
    * The form is that of C2SP ``tlog-checkpoint`` and ``signed-note`` with Ed25519 (type 0x01), so any other verifier
      of these opens our notes. No extension lines are written; those of others are read over.

Nothing here is random: the caller brings 32 bytes of seed.

Worked example::

    >>> key = generate_key("lianhu.example", seed=bytes(32))
    >>> head = Checkpoint("lianhu.example/410102013", 0, sha256(b"").digest())
    >>> note = sign_checkpoint(head, key_name=key.name, private_key_bytes=key.private)
    >>> print(note, end="")
    lianhu.example/410102013
    0
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
    <BLANKLINE>
    — lianhu.example bQfloG4fXs4jfWW+eSYBVWeWHvHWz0D8Tnwqit55rPzIAYr4HomY5Nc0T69KMcFfFKOG0/kAblikE7g/Sv6TOXgt8gU=
    >>> open_checkpoint(note, verifier_key=key.verifier_key).size
    0
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridloop.core.errors import WrongInput

ED25519 = b"\x01"
KEY_SIZE = 32
MOST_SIGNATURES = 100
"""Signature lines read of one note; C2SP asks for at least 16."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log: its origin, how many entries it held, and their root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under and the four bytes that identify it in a note."""

    name: str
    key_id: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A signing key. ``private`` is the 32-byte seed and is never printed."""

    name: str
    private: bytes = field(repr=False)
    public: bytes
    verifier_key: str


# --- keys ------------------------------------------------------------------------------------------------------------


def generate_key(name: str, *, seed: bytes) -> KeyPair:
    """The key pair of a seed of 32 random bytes, which the caller brings and keeps secret."""
    if len(seed) != KEY_SIZE:
        raise WrongInput("ledger.seed_size", f"种子应是 {KEY_SIZE} 个字节,请重新生成。", size=len(seed))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return KeyPair(name, seed, public, verifier_key(name, public))


def key_id(name: str, public: bytes) -> bytes:
    """The first four bytes of ``SHA-256(name || newline || 0x01 || public key)`` (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The text form of a public key, to be printed, sent and kept by those who check."""
    if not _is_key_name(name):
        raise WrongInput("ledger.key_name", "密钥名称不能为空,也不能含空格或加号;请用 域名/名称 的写法。", name=name)
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + public).decode()}"


def parse_verifier_key(text: str) -> VerifierKey:
    """The key a text form stands for; raises :class:`WrongInput` ``ledger.verifier_key`` when it does not add up."""
    name, _, rest = text.strip().partition("+")
    identifier, _, encoded = rest.partition("+")
    decoded = _decoded(encoded) or b""
    kind, public = decoded[:1], decoded[1:]
    sound = _is_key_name(name) and kind == ED25519 and len(public) == KEY_SIZE
    if not sound or identifier != key_id(name, public).hex():
        raise WrongInput("ledger.verifier_key", "验证公钥写得不完整或抄错了,请重新复制整行:名称+编号+公钥。", key=text)
    return VerifierKey(name, key_id(name, public), public)


# --- notes -----------------------------------------------------------------------------------------------------------


def sign_checkpoint(checkpoint: Checkpoint, *, key_name: str, private_key_bytes: bytes) -> str:
    """The signed note of a checkpoint; the same input always gives the same note (Ed25519 is deterministic)."""
    text = checkpoint.text()
    if parse_checkpoint(text) != checkpoint:
        raise WrongInput(
            "ledger.checkpoint_malformed", "检查点的来源名、条数或根哈希不合规,请检查账册名称。", text=text
        )
    key = generate_key(key_name, seed=private_key_bytes)
    signature = Ed25519PrivateKey.from_private_bytes(private_key_bytes).sign(text.encode())
    line = b64encode(key_id(key_name, key.public) + signature).decode()
    return f"{text}\n— {key_name} {line}\n"


def open_checkpoint(note: str, *, verifier_key: str) -> Checkpoint:
    """The checkpoint of a note that this key signed.

    Raises :class:`WrongInput`: ``ledger.note_malformed``, ``ledger.not_signed`` (no signature by this key),
    ``ledger.signature_wrong`` (there is one, but the text is not what was signed) or ``ledger.checkpoint_malformed``.
    """
    key = parse_verifier_key(verifier_key)
    text, signatures = _split(note)
    mine = [signature for name, identifier, signature in signatures if (name, identifier) == (key.name, key.key_id)]
    if not mine:
        raise WrongInput("ledger.not_signed", f"检查点上没有“{key.name}”这把密钥的签名,请核对公钥。", key=key.name)
    try:
        for signature in mine:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature:
        raise WrongInput("ledger.signature_wrong", "检查点的签名不符:内容被改动过,请索取原件。", key=key.name) from None
    return parse_checkpoint(text)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint a note's text states, whoever signed it; raises ``ledger.checkpoint_malformed``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _is_size(lines[1]):
        raise _malformed_checkpoint(text)
    root = _decoded(lines[2]) or b""
    if len(root) != 32:
        raise _malformed_checkpoint(text)
    return Checkpoint(lines[0], int(lines[1]), root)


def note_text(note: str) -> str:
    """The text of a note without its signatures, unverified; raises ``ledger.note_malformed``."""
    return _split(note)[0]


def _malformed_checkpoint(text: str) -> WrongInput:
    return WrongInput("ledger.checkpoint_malformed", "检查点应有三行:来源、条数、根哈希;请索取原件。", text=text)


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a note, and its signatures as (key name, key id, signature)."""
    head, gap, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    readable = not any(sign < " " and sign != "\n" for sign in note) and _is_text(note)
    if not (gap and readable and lines[-1] == "") or len(lines) - 1 > MOST_SIGNATURES or len(lines) < 2:
        raise _malformed_note()
    return head + "\n", [_signature(line) for line in lines[:-1]]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    decoded = _decoded(encoded) or b""
    if dash != "—" or not _is_key_name(name) or len(decoded) < 5:
        raise _malformed_note()
    return name, decoded[:4], decoded[4:]


def _malformed_note() -> WrongInput:
    return WrongInput("ledger.note_malformed", "检查点不是一份签名文本(正文、空行、签名行),请索取原件。")


def _is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18 and (text == "0" or text[0] != "0")


def _is_text(note: str) -> bool:
    """Encodable as UTF-8, so without lone surrogates."""
    return not any("\ud800" <= sign <= "\udfff" for sign in note)


def _decoded(text: str) -> bytes | None:
    """Strict standard base64: what it decodes to, encoded again, must be the very same text."""
    try:
        decoded = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return decoded if b64encode(decoded).decode() == text else None
