"""The peer's two rows: a ticket and its first event, nothing else."""

from django.db import models


class Ticket(models.Model):
    title = models.CharField(max_length=120)
    text = models.TextField()
    created_at = models.DateTimeField()


class Event(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE)
    kind = models.CharField(max_length=40)
    payload = models.TextField()
    at = models.DateTimeField()
