"""Webhooks: programs of the street are told of what happened, signed, retried, logged.

``events`` says what is told of, ``signing`` how a message is signed, ``actions`` and ``queries`` are the two doors of the office; what
leaves the house is posted by the tick (``site.posting``), never inside a deed.
"""
