"""The built front end on a page that shows every component (sample.html), in Chromium, without Django."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pure

HERE = Path(__file__).parent
BUILT = HERE.parents[1] / "src/gridloop/web/static/gridloop"

# The contrast of a text against the nearest ground behind it (WCAG 2.2), for every element that holds text itself.
POOR_CONTRAST = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const v = c[i] / 255;
    return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  }, 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] > 250) return c;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *:not(svg *):not(option)")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.className || element.tagName}: ${element.textContent.trim().slice(0, 12)} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll("body *:not(svg *)")]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
  .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Folder(SimpleHTTPRequestHandler):
    """The sample page and the built files, as if they lay in one folder; nothing is logged."""

    def translate_path(self, path: str) -> str:
        name = path.split("?", maxsplit=1)[0].strip("/")
        return str(BUILT / name if (BUILT / name).is_file() else HERE / "sample.html")

    def log_message(self, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Folder, directory=str(HERE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sample(page: Any, address: str) -> Any:
    page.emulate_media(reduced_motion="reduce")  # colours are looked at when they have settled
    page.goto(address)
    page.wait_for_selector("html[data-script]")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_text_has_enough_contrast_and_nothing_is_wider_than_the_screen(
    sample: Any, theme: str, width: int
) -> None:
    sample.set_viewport_size({"width": width, "height": 900})
    sample.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")

    assert sample.evaluate(POOR_CONTRAST) == []
    assert sample.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("width", [390, 1440])
def test_no_text_is_smaller_than_18_points_in_the_mode_for_elders(sample: Any, width: int) -> None:
    sample.set_viewport_size({"width": width, "height": 900})

    sample.get_by_role("button", name="长者模式").click()

    assert sample.evaluate(SMALLEST_TEXT) >= 24  # CSS px: 18 pt
    assert sample.evaluate(OVERFLOW) <= 0
    assert {cookie["name"]: cookie["value"] for cookie in sample.context.cookies()} == {"type": "large"}


def test_the_style_sheet_and_the_script_are_small(sample: Any) -> None:
    assert (BUILT / "app.css").stat().st_size < 250_000
    assert (BUILT / "app.js").stat().st_size < 120_000


def test_a_click_on_the_map_and_the_arrow_keys_choose_a_point(sample: Any) -> None:
    picture = sample.locator("svg[data-point-map]")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()

    picture.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    lon, lat = (float(sample.locator(f"input[name={name}]").input_value()) for name in ("lon", "lat"))
    sample.keyboard.press("ArrowRight")
    moved = float(sample.locator("input[name=lon]").input_value())

    assert (lon, lat) == (pytest.approx(113.52, abs=2e-4), pytest.approx(34.712, abs=2e-4))
    assert moved - lon == pytest.approx(0.04 / 50, abs=2e-6)
    assert "东经 113.52" in sample.locator("#where").inner_text()
    assert sample.locator(".gl-marker").count() == 1


def test_delete_takes_the_point_away(sample: Any) -> None:
    sample.locator("svg[data-point-map]").focus()
    sample.keyboard.press("Enter")

    sample.keyboard.press("Delete")

    assert sample.locator("input[name=lon]").input_value() == ""
    assert sample.locator(".gl-marker").count() == 0


def test_a_draft_survives_a_reload_but_no_field_that_asked_to_be_left_out(sample: Any) -> None:
    sample.locator("#text").fill("路灯不亮")
    sample.locator("#phone").fill("0371")
    sample.locator("input[value=simple]").check()

    accepted = (HERE / "sample.html").read_text("utf-8").replace("data-invalid", "")
    sample.route("**/again", lambda route: route.fulfill(body=accepted, content_type="text/html"))
    sample.goto(sample.url + "again")

    assert sample.locator("#text").input_value() == "路灯不亮"
    assert sample.locator("input[value=simple]").is_checked()
    assert sample.locator("#phone").input_value() == "12"
    assert "已恢复" in sample.locator("#report .gl-flash").inner_text()


def test_the_second_click_sends_nothing(sample: Any) -> None:
    sent: list[str] = []

    def keep_the_page(route: Any) -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)

    sample.route("**/sent*", keep_the_page)

    sample.evaluate("const b = document.querySelector('#report button'); b.click(); b.click()")
    sample.locator("#report button[disabled]").wait_for()

    assert len(sent) == 1
    assert sample.locator("#report button").inner_text() == "正在提交…"


def test_slash_searches_and_the_question_mark_explains(sample: Any) -> None:
    sample.keyboard.press("/")
    focused = sample.evaluate("document.activeElement.matches('[data-search]')")
    sample.evaluate("document.activeElement.blur()")
    sample.keyboard.press("?")

    assert focused
    assert sample.locator("dialog#shortcuts").is_visible()


def test_j_and_k_go_from_item_to_item(sample: Any) -> None:
    told = []
    for key in "jjkkjjjjj":
        sample.keyboard.press(key)
        told.append(sample.evaluate("document.activeElement.textContent")[:3])

    first, second, third = "3 号", "下水道", "企业用"
    assert told == [first, second, first, first, second, third, third, third, third]


def test_segments_are_as_wide_as_the_time_they_stand_for(sample: Any) -> None:
    widths = [sample.locator(".gl-segments > li").nth(i).bounding_box()["width"] for i in range(3)]

    assert widths[1] > widths[2] > widths[0]
