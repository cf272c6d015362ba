"""Clusters of firms: a car town, a mall, a tower, a park."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.firm_access import must_arrange
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.models import CLUSTER_KINDS, Cluster, Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory


def add_cluster(
    *,
    by: Actor,
    at: datetime,
    street: str,
    name: str,
    kind: str,
    grid: str = "",
    address: str = "",
    operator: str = "",
    note: str = "",
) -> Cluster:
    """The cluster stands. Raises WrongInput, NotFound for a grid the street lacks, Refused when the name is taken."""
    must_arrange(by, street)
    if not name.strip():
        raise WrongInput("enterprise.cluster_name", "请写集聚区的名称。", field="name")
    if kind not in CLUSTER_KINDS:
        raise WrongInput("enterprise.cluster_kind", f"类别只能是:{'、'.join(CLUSTER_KINDS.values())}。", field="kind")
    with deed():
        cell = territory.grid(street, grid) if grid else None
        cluster = Cluster(
            street=street, name=name.strip()[:80], kind=kind, grid=cell, place=cell.path if cell else organisation.street(street).place,
            address=address.strip()[:200], operator=operator.strip()[:120], note=note.strip()[:300], founded_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                cluster.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("enterprise.cluster_taken", f"集聚区“{cluster.name}”已经登记。", field="name") from fault
        record(
            "cluster.added",
            by=by,
            at=at,
            street=street,
            subject=cluster.subject,
            payload={"name": cluster.name, "kind": kind},
        )
    return cluster


def end_cluster(*, by: Actor, at: datetime, street: str, cluster: str, reason: str) -> None:
    """The cluster is no more. Raises Refused while enterprises stand in it."""
    must_arrange(by, street)
    with deed():
        found = register.cluster(street, cluster)
        inside = Enterprise.objects.filter(cluster=found, left_at__isnull=True).count()
        if inside:
            raise Refused(
                "enterprise.cluster_in_use",
                f"还有 {inside} 家企业在“{found.name}”;请先改它们的集聚区。",
                cluster=found.ref,
            )
        Cluster.objects.filter(pk=found.pk).update(ended_at=at)
        record(
            "cluster.ended",
            by=by,
            at=at,
            street=street,
            subject=found.subject,
            payload={"name": found.name, "reason": reason[:200]},
        )
