"""Merging by cell ids: what either side changed is changed, and no edit is lost."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from launched import END, LESSON, TASK, TITLE, book, texts

from launcher.merge import NoMerge, alike, cells, merge


def merged(given, mine, new):
    found, both = merge(*map(book, (given, mine, new)))
    return texts(found), both


@pytest.mark.parametrize(("mine", "new", "wanted", "both"), [
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END}, {"a": "# Better", "b": TASK, "c": END},
                 {"a": "# Better", "b": "answer = 3", "c": END}, 0, id="an answer stays"),
    pytest.param({"a": TITLE, "b": TASK, "n": "a note", "c": END}, {"a": TITLE, "b": TASK},
                 {"a": TITLE, "b": TASK, "n": "a note"}, 0, id="a note stays, a cell goes"),
    pytest.param({"a": TITLE, "b": TASK, "c": "mine"}, {"a": TITLE, "b": TASK},
                 {"a": TITLE, "b": TASK, "c": "mine"}, 0, id="an edited cell stays that went"),
    pytest.param({"a": TITLE, "c": END}, {"a": TITLE, "x": "new", "b": TASK, "c": END},
                 {"a": TITLE, "x": "new", "c": END}, 0, id="a deleted cell stays deleted"),
    pytest.param({"a": TITLE, "c": END}, {"a": TITLE, "b": "answer = None", "c": END},
                 {"a": TITLE, "b": "answer = None", "c": END}, 0, id="unless it is another now"),
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END}, {"a": TITLE, "b": "x = ...", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END}, 1, id="both changed one cell"),
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END}, 0, id="both changed it alike"),
    pytest.param({"c": END, "b": TASK, "a": TITLE}, {"a": TITLE, "b": TASK, "x": "new", "c": END},
                 {"c": END, "b": TASK, "x": "new", "a": TITLE}, 0, id="the student's order"),
    pytest.param({"a": TITLE, "b": "answer = 3", "n": "a note", "c": END},
                 {"c": END, "b": TASK, "a": TITLE},
                 {"c": END, "b": "answer = 3", "n": "a note", "a": TITLE}, 0, id="the new order"),
])
def test_what_either_side_changed_is_changed(mine, new, wanted, both):
    found, count = merged(LESSON, mine, new)
    assert (list(found.items()), count) == (list(wanted.items()), both)


def test_outputs_of_the_students_run_stay_until_their_cell_changes():
    given = book(LESSON, {"b": "old\n", "c": "old\n"})
    mine = book(LESSON, {"b": "mine\n", "c": "mine\n"})
    new = book(LESSON | {"c": "claims.table(2)"}, {"a": "new\n", "b": "new\n", "c": "new\n"})
    found = {name: cell["outputs"] and cell["outputs"][0]["text"]
             for name, cell in cells(merge(given, mine, new)[0]).items()}
    assert found == {"a": "new\n", "b": "mine\n", "c": "new\n"}
    assert merge(given, given, new)[0] == new, "what was never run is renewed, outputs too"


def test_what_a_program_notes_in_the_file_is_no_edit():
    saved = book(LESSON, language_info={"version": "3.11.2"})
    for number, cell in enumerate(saved["cells"]):
        cell |= {"execution_count": number, "metadata": {"trusted": True}}
    assert alike(book(LESSON), saved)
    assert not alike(book(LESSON), book(LESSON, {"a": "1\n"}))


@pytest.mark.parametrize("harm", [
    lambda cell: cell.pop("id"), lambda cell: cell.update(id=cell["source"][0] + "2"),
])
def test_cells_without_their_ids_are_not_guessed_at(harm):
    mine = book(LESSON)
    for cell in mine["cells"]:
        harm(cell)
    with pytest.raises(NoMerge, match="^its cells have lost their ids$"):
        merge(book(LESSON), mine, book({"a": "# Better"}))


def test_a_cell_with_an_id_that_was_there_already_is_kept():
    mine = book(LESSON)
    mine["cells"].append(mine["cells"][1] | {"source": ["a copy of it"]})
    found, _ = merge(book(LESSON), mine, book(LESSON | {"a": "# Better"}))
    assert list(texts(found).values()) == ["# Better", TASK, END, "a copy of it"]
    assert len({cell["id"] for cell in found["cells"]}) == 4


@st.composite
def edits(draw, letter):
    """LESSON after a person edited, deleted, added and moved cells, each text unlike all others."""
    number = itertools.count()
    page = {name: draw(st.sampled_from([source, f"{letter}{next(number)}"]))
            for name, source in LESSON.items() if name == "a" or draw(st.integers(0, 3))}
    page |= {f"{letter}{i}": f"{letter}{next(number)}" for i in range(draw(st.integers(0, 2)))}
    return dict(draw(st.permutations(list(page.items()))))


@settings(max_examples=100)
@given(mine=edits("m"), new=edits("n"))
def test_no_edit_of_either_side_is_lost(mine, new):
    found, both = merged(LESSON, mine, new)
    written = {source for source in mine.values() if source not in LESSON.values()}
    assert written <= set(found.values()), "the student's"
    hidden = {source for source in new.values() if source not in LESSON.values()} - set(
        found.values())
    assert len(hidden) == both, "the course's, but for cells that both changed"
    assert merged(new, found, new) == (found, 0), "a second time changes nothing"
    assert list(found) == list(merged(new, found, new)[0])


@settings(max_examples=100)
@given(page=edits("m"))
def test_where_one_side_changed_nothing_the_other_side_is_the_result(page):
    assert list(merged(LESSON, LESSON, page)[0].items()) == list(page.items())
    assert list(merged(LESSON, page, LESSON)[0].items()) == list(page.items())
