"""gridloop's urls and the minimal view."""

import json

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bench.intake_server.models import Event, Ticket
from gridloop.site.urls import urlpatterns as gridloop_urls


@csrf_exempt
def two_rows(request: HttpRequest) -> JsonResponse:
    """What the smallest possible ticket view does: read JSON, insert two rows, commit durably."""
    told = json.loads(request.body)
    at = timezone.now()
    with transaction.atomic():
        ticket = Ticket.objects.create(title=told["text"][:60], text=told["text"], created_at=at)
        Event.objects.create(ticket=ticket, kind="created", payload=json.dumps(told), at=at)
    return JsonResponse({"id": ticket.pk}, status=201)


urlpatterns = [path("bench/two-rows", two_rows), *gridloop_urls]
