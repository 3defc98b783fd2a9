"""What stands in a saved notebook can be read without a kernel."""

import contextlib
import io

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import execute, gallery, saving

TRAINED = """from helpers.training import fit
import torch
from torch import nn

torch.manual_seed(0)
fit(nn.Linear(1, 1), lambda: torch.rand(4, 1), lambda one, x: one(x).pow(2).mean(), 1300);"""
ASKED = """from exercises import lesson_00
from helpers import widgets
box = widgets.quiz(lesson_00.quiz_source, "Who said it?", ["the drawings", "a person"])
for button in box.children[1].children:
    button.click()"""
DRAWN = """from helpers import plots
plots.loss_curve([2.0, 1.0], "Loss", 'It falls: "2 > 1" & so on.')
widgets.explore(print, "Which?", x=widgets.slider("x", 0, 3, 1));"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A notebook that was run, and saved as in JupyterLab."""
    folder = tmp_path_factory.mktemp("notebooks")
    cells = [new_markdown_cell("# A lesson"), *map(new_code_cell, (TRAINED, ASKED, DRAWN))]
    nbformat.write(new_notebook(cells=cells), folder / "00_saved.ipynb")
    lesson = execute.Lesson(folder / "00_saved.ipynb")
    with contextlib.redirect_stdout(io.StringIO()):
        lesson.execute()
    model = {"type": "notebook", "content": lesson.notebook}
    saving.before_saving(model=model, path="00_saved.ipynb", contents_manager=None)
    nbformat.validate(lesson.notebook)
    return lesson.notebook


def outputs(notebook):
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.slow
def test_a_progress_bar_ends_as_a_line_of_text(saved):
    (line,) = outputs(saved)[0]
    assert line.data.keys() == {"text/plain"}
    assert line.data["text/plain"].startswith("training: 1,300 steps, ")
    assert " s, loss 0.0" in line.data["text/plain"]


@pytest.mark.slow
def test_an_answered_quiz_keeps_its_last_answer_and_the_verdict(saved):
    box, verdict = outputs(saved)[1]
    assert box.data == {"text/plain": saving.CONTROL}
    assert verdict.data["text/html"].startswith("<p>a person</p>")
    assert "Not yet." in verdict.data["text/html"]


@pytest.mark.slow
def test_a_control_is_its_figure_and_a_line_that_says_how_to_use_it(saved):
    figure, caption, control = outputs(saved)[2]
    assert [words for words, *_ in gallery.figures([figure])] == ['It falls: "2 > 1" & so on.']
    assert control.data == {"text/plain": saving.CONTROL}


@pytest.mark.slow
def test_a_page_made_of_it_needs_no_kernel_and_has_the_words(saved):
    html, _ = HTMLExporter().from_notebook_node(saved)
    page = BeautifulSoup(html, "html.parser")
    assert [picture["alt"] for picture in page.find_all("img")] == ['It falls: "2 > 1" & so on.']
    assert all(words in page.text for words in ("1,300 steps", "Not yet.", saving.CONTROL))
    assert saving.WIDGET not in html


def test_what_is_no_notebook_is_saved_as_it_is():
    model = {"type": "file", "content": "text", "format": "text"}
    saving.before_saving(model=dict(model), path="notes.txt", contents_manager=None)
    assert model == {"type": "file", "content": "text", "format": "text"}


def test_the_state_of_widgets_is_not_saved():
    notebook = new_notebook(metadata={"widgets": {"state": {}}}, cells=[new_markdown_cell("text")])
    saving.before_saving(model={"type": "notebook", "content": notebook})
    assert notebook.metadata == {}
