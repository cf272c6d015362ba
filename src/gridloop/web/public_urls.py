"""The addresses that need no account."""

from django.urls import include, path

from gridloop.web.public import feed, follow, front, held, report, sealed, stories, street, suggest

urlpatterns = [
    path("", include("gridloop.web.firm_page.urls")),
    path("", front.front, name="front"),
    path("s/<slug:slug>/", street.front, name="street"),
    path("s/<slug:slug>/map/", street.open_map, name="open_map"),
    path("s/<slug:slug>/map/feed.xml", feed.feed, name="map_feed"),
    path("s/<slug:slug>/report/", report.report, name="report"),
    path("s/<slug:slug>/questions/", report.questions, name="questions"),
    path("s/<slug:slug>/nearby/", report.look_nearby, name="nearby"),
    path("s/<slug:slug>/stories/", stories.stories, name="public_stories"),
    path("s/<slug:slug>/stories/<slug:ref>/", stories.story, name="public_story"),
    path("s/<slug:slug>/stories/<slug:ref>/photos/<slug:file>/", stories.photo, name="public_story_photo"),
    path("s/<slug:slug>/contact/", front.contact, name="contact"),
    path("follow/", front.find, name="find"),
    path("r/<str:secret>/", follow.follow, name="follow"),
    path("r/<str:secret>/do/<slug:deed>/", follow.act, name="follow_act"),
    path("r/<str:secret>/withdraw/", follow.confirm_withdrawal, name="confirm_withdrawal"),
    path("r/<str:secret>/photos/<slug:ref>/", follow.photo, name="follow_photo"),
    path("r/<str:secret>/receipt.json", sealed.receipt_document, name="receipt_document"),
    path("r/<str:secret>/check/", sealed.check, name="check_receipt"),
    path("r/<str:secret>/held/", held.held, name="held"),
    path("r/<str:secret>/held.json", held.held_file, {"kind": "json"}, name="held_json"),
    path("r/<str:secret>/held.txt", held.held_file, {"kind": "txt"}, name="held_text"),
    path("r/<str:secret>/held/<slug:what>/", held.change, name="held_change"),
    path("suggest/", suggest.suggestion_box, name="suggest"),
    path("suggest/<slug:ref>/", suggest.suggestion, name="suggestion"),
    path("ledger/", sealed.books, name="ledger"),
    path("ledger/verifier.py", sealed.verifier, name="verifier"),
    path("ledger/<slug:street>/checkpoint", sealed.checkpoint, name="checkpoint"),
    path("ledger/<slug:street>/consistency", sealed.consistency, name="consistency"),
]
