"""Each lesson is fit for a projector: it opens as slides, and each cell fits on the screen."""

import browser
import lessons
import pytest

DECK = "body[data-jp-deck-mode='presenting'] .jp-Deck"
KERNEL_IS_IDLE = f"{DECK} .jp-Notebook-ExecutionIndicator[data-status='idle']"
HIDDEN = ("notes", "skip")
IS_ACTIVE = """i => document.querySelectorAll('.jp-Deck .jp-Cell')[i]?.matches(
    '.jp-mod-active.jp-deck-mod-visible')"""
# Shows all cells at once, waits until they keep their heights, and returns the room each of them
# needs: a code cell needs it for its whole output and for three lines of its code.
MEASURE = """async () => {
    const cells = [...document.querySelectorAll('.jp-Deck .jp-Cell')];
    cells.forEach(cell => cell.classList.add('jp-deck-mod-onscreen', 'jp-deck-mod-visible'));
    await Promise.all([...document.images].map(image => image.decode().catch(() => null)));
    const need = cell => {
        const [code, output] = ['input', 'output'].map(
            part => cell.querySelector(`.jp-Cell-${part}Wrapper`));
        const parts = [...cell.querySelectorAll('.cm-scroller, .jp-RenderedHTMLCommon')];
        return {
            height: cell.matches('.jp-CodeCell')
                ? Math.min(code.scrollHeight, 66) + output.offsetHeight : cell.offsetHeight,
            wide: parts.some(part => part.offsetWidth && part.scrollWidth > part.clientWidth + 1),
        };
    };
    let [now, before] = [cells.map(need), null];
    while (JSON.stringify(now) !== JSON.stringify(before)) {
        await new Promise(done => setTimeout(done, 500));
        [now, before] = [cells.map(need), now];
    }
    return {screen: document.querySelector('.jp-Deck').clientHeight - 24, cells: now};
}"""


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    with browser.jupyter(tmp_path_factory.mktemp("slides"), "present", "00") as address:
        yield address


@pytest.fixture
def present(address, page):
    """Open a lesson as slides; returns the numbers of the cells that the slides show."""
    def open_lesson(lesson):
        cells = lessons.read(lesson).cells
        page.goto(f"{address}/lab/tree/{lessons.PLACES[lesson]}?reset")
        page.wait_for_function(IS_ACTIVE, arg=0)
        page.wait_for_function("count => count === document.querySelectorAll('.jp-Cell').length",
                               arg=len(cells))
        return [i for i, cell in enumerate(cells)
                if cell.metadata.slideshow.slide_type not in HIDDEN]
    return open_lesson


def press(page, key, cells):
    """Press a key until each of some cells was the active one, in their order."""
    for i in cells:
        page.keyboard.press(key)
        page.wait_for_function(IS_ACTIVE, arg=i)


def wait_for_keys(page):
    """Wait until the slides listen to keys: before the first slide there is none to go to."""
    said = []
    page.on("console", lambda line: said.append(line.text))
    for _ in range(browser.PATIENCE // 500):
        page.keyboard.press("PageUp")
        page.wait_for_timeout(500)
        if any("Cannot go" in text for text in said):
            return
    pytest.fail("the slides don't answer to a key")


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_it_opens_as_slides_and_each_cell_fits_the_screen(lesson, present, page):
    shown = present(lesson)
    assert not page.locator(".jp-Dialog").count()
    measured = page.evaluate(MEASURE)
    first_lines = [cell.source.split("\n")[0] for cell in lessons.read(lesson).cells]
    too_high = {first_lines[i]: measured["cells"][i]["height"] for i in shown
                if measured["cells"][i]["height"] > measured["screen"]}
    too_wide = [first_lines[i] for i in shown if measured["cells"][i]["wide"]]
    assert not too_high and not too_wide


def test_page_down_goes_to_the_end_and_page_up_back(present, page):
    shown = present("00")
    wait_for_keys(page)
    press(page, "PageDown", shown[1:])
    press(page, "PageUp", shown[-2::-1])


def test_a_cell_runs_and_a_control_answers_in_the_slides(present, page):
    shown = present("07")
    wait_for_keys(page)
    sources = [cell.source for cell in lessons.read("07").cells]
    game = next(i for i in shown if "widgets.press(play_yourself" in sources[i])
    press(page, "PageDown", shown[1:shown.index(game) + 1])
    page.wait_for_selector(KERNEL_IS_IDLE, state="attached")
    page.keyboard.press("Control+Shift+Enter")
    page.keyboard.press("Shift+Enter")
    control = page.locator(f"{DECK} .jp-Cell.jp-mod-active .widget-box")
    control.get_by_role("button", name="new meadow").click()
    control.get_by_text("A new meadow.").wait_for()
    assert page.evaluate(IS_ACTIVE, game), "a cell that runs should stay"
    cell = page.locator(f"{DECK} .jp-Cell.jp-mod-active").bounding_box()
    assert 0 <= cell["y"] and cell["y"] + cell["height"] <= browser.SIZE["height"]


def test_a_room_gives_its_hands_as_numbers(present, page):
    shown = present("00")
    wait_for_keys(page)
    ids = [cell.id for cell in lessons.read("00").cells]
    cell = page.locator(f"{DECK} .jp-Cell.jp-mod-active")
    page.wait_for_selector(KERNEL_IS_IDLE, state="attached")
    press(page, "PageDown", shown[1:shown.index(ids.index("guess-00-1")) + 1])
    page.keyboard.press("Control+Shift+Enter")
    page.keyboard.press("Shift+Enter")
    line = cell.get_by_role("textbox", name="numbers")
    line.fill("75 20 50")
    line.press("Enter")
    page.wait_for_function("document.activeElement === document.body")
    press(page, "PageDown", [ids.index("cell-008")])
    page.keyboard.press("Shift+Enter")
    press(page, "PageDown", [ids.index("reveal-00-1")])
    page.keyboard.press("Shift+Enter")
    cell.get_by_text("The room. hands: 20, 50, 75; in the middle 50. Measured: ").wait_for()
