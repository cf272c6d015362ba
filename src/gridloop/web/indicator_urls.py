"""The addresses of the indicators."""

from django.urls import path

from gridloop.web import evaluations, indicators, voices

urlpatterns = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/readings/", indicators.tell, name="tell_reading"),
    path("indicators/readings/<slug:ref>/", indicators.reading, name="reading"),
    path("indicators/standings/", indicators.stand, name="note_standing"),
    path("indicators/definitions/", indicators.define, name="define_indicator"),
    path("indicators/satisfaction/", evaluations.satisfied, name="satisfaction"),
    path("indicators/voices/", voices.voices, name="voices"),
    path("indicators/<slug:code>/", indicators.indicator, name="indicator"),
]
