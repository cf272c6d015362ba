"""What the archive keeps: one book of entries per sub-district, its Merkle tree, checkpoints, attachments, erasures.

Chinese terms: 台账 (book), 台账条目 (entry), 检查点 (checkpoint), 附件 (attachment), 销毁证明 (erasure certificate).
Hashing follows RFC 9162 §2.1; checkpoints are C2SP signed notes. Rows here are appended; the only later change to an
entry is its number (by the sequencer) and the erasure of its payload (with a certificate).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from gridloop.offices.archive.concealed import ConcealedField
from gridloop.offices.archive.identifiers import new_ref

__all__ = [
    "AccessNote", "Attachment", "Book", "Bookmark", "Checkpoint", "ConcealedField", "Deed", "Entry", "Erasure", "Kept", "Node",
    "Reacted",
]  # fmt: skip


class RefField(models.CharField):
    """An opaque reference, made anew for each row; to a migration a plain unique column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 20, "unique": True, "editable": False, "default": new_ref, **options})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.CharField", args, kwargs


class Kept(models.Model):
    """Anything that can be pointed at from outside: ``ref`` is opaque and stands in URLs."""

    ref = RefField()

    class Meta:
        abstract = True


class Book(models.Model):
    """台账: the ledger of one sub-district. ``size`` entries are sealed; ``frontier`` is the compact tree."""

    street = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    size = models.BigIntegerField(default=0)
    frontier = models.JSONField(default=list)
    signed_size = models.BigIntegerField(default=0)


class Entry(models.Model):
    """台账条目: one deed, written in the deed's own transaction; numbered and sealed by the tick."""

    book = models.ForeignKey(Book, models.PROTECT, db_index=False)
    seq = models.BigIntegerField(null=True, editable=False)
    kind = models.CharField(max_length=48)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=48)
    subject = models.CharField(max_length=48)
    cause = models.CharField(max_length=80, blank=True, default="")
    payload = models.TextField(null=True)
    salt = models.CharField(max_length=64, null=True)
    commitment = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "seq"], name="an_entry_number_is_given_once"),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="entries_of_a_subject"),
            models.Index(fields=["book", "id"], name="entries_to_be_numbered", condition=models.Q(seq__isnull=True)),
            models.Index(fields=["book", "kind", "id"], name="entries_of_a_kind"),
        ]


class Node(models.Model):
    """A complete node of a book's Merkle tree, so that proofs cost O(log n)."""

    book = models.ForeignKey(Book, models.PROTECT, db_index=False)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "level", "index"], name="a_tree_node_exists_once")]


class Checkpoint(models.Model):
    """检查点: the signed size and root of a book (C2SP tlog-checkpoint)."""

    book = models.ForeignKey(Book, models.PROTECT)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "size"], name="a_size_is_signed_once")]


class Erasure(Kept):
    """销毁证明: which entries lost their payload, on what basis; itself recorded in the ledger."""

    book = models.ForeignKey(Book, models.PROTECT)
    basis = models.CharField(max_length=200)
    certificate = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    entries = models.ManyToManyField(Entry, related_name="erasures")
    erased_at = models.DateTimeField()


class Deed(models.Model):
    """A write from outside, by the key its door was given: the same key gives the same answer, once."""

    door = models.CharField(max_length=80)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "key"], name="a_key_does_one_deed")]


class Bookmark(models.Model):
    """How far a reader of a book (the reactions) has read."""

    book = models.ForeignKey(Book, models.PROTECT)
    reader = models.CharField(max_length=40)
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "reader"], name="a_reader_has_one_bookmark")]


class Reacted(models.Model):
    """A reaction to a cause, done once: doing it again is refused by the database.

    One that failed stands here with its ``fault`` and is tried again at ``next_try_at``; a done one has neither.
    """

    reaction = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT)
    fault = models.CharField(max_length=300, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reaction", "entry"], name="a_reaction_follows_a_cause_once")]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="reactions_to_be_tried_again",
                condition=models.Q(next_try_at__isnull=False),
            ),
        ]


class Attachment(Kept):
    """附件: a photo, PDF or sound that belongs to a subject; its type was sniffed, its location stripped."""

    street = models.CharField(max_length=12)
    subject = models.CharField(max_length=48, db_index=True)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/%Y/%m/", max_length=200)
    keeps_location = models.BooleanField(default=False)
    by = models.CharField(max_length=48)
    added_at = models.DateTimeField()


class AccessNote(models.Model):
    """查看记录: who looked at what personal data, when and why (kept at least 180 days, 网络安全法 art. 21)."""

    street = models.CharField(max_length=12)
    subject = models.CharField(max_length=48, db_index=True)
    actor = models.CharField(max_length=48)
    actor_name = models.CharField(max_length=80)
    what = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    looked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["street", "id"], name="looks_of_a_street")]
