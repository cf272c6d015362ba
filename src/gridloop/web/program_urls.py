"""The addresses of what other programs use: tokens and webhooks."""

from django.urls import path

from gridloop.web import tokens, webhooks

urlpatterns = [
    path("me/tokens/", tokens.mine, name="my_tokens"),
    path("me/tokens/<slug:ref>/revoke/", tokens.revoke, name="revoke_token"),
    path("setup/tokens/", tokens.everyones, name="tokens"),
    path("setup/webhooks/", webhooks.webhooks, name="webhooks"),
    path("setup/webhooks/<slug:ref>/", webhooks.webhook, name="webhook"),
    path("setup/webhooks/<slug:ref>/change/", webhooks.change, name="change_webhook"),
    path("setup/webhooks/<slug:ref>/secret/", webhooks.rotate, name="rotate_webhook"),
    path("setup/webhooks/<slug:ref>/switch/", webhooks.switch, name="switch_webhook"),
    path("setup/webhooks/<slug:ref>/ping/", webhooks.ping, name="ping_webhook"),
    path("setup/webhooks/<slug:ref>/close/", webhooks.close, name="close_webhook"),
    path("setup/webhooks/<slug:ref>/deliveries/<slug:delivery>/again/", webhooks.send_again, name="send_webhook_again"),
]
