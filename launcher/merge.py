"""Bring a student's copy of a lesson up to date, cell by cell, by the ids of the cells."""


class NoMerge(Exception):
    """Why a copy can't be merged, to go on after "as"."""


def merge(given: dict, mine: dict, new: dict) -> tuple[dict, int]:
    """Merge two notebooks that came from one: what either side changed is changed.

    What both changed stays as it is in `mine`. An output that a run of the student's wrote stays
    with its cell as long as the cell's text does.

    Args:
        given: the lesson as it was when the copy last took from it.
        mine: the student's copy.
        new: the lesson as it is now.

    Returns:
        The merged notebook, and how many cells were changed on both sides, in different ways.

    Raises:
        NoMerge: The copy's cells have lost the ids that they were given.
    """
    was, own, now = cells(given), cells(mine), cells(new)
    if not was.keys() & own.keys():
        raise NoMerge("its cells have lost their ids")
    kept = {name: choose(was.get(name), own.get(name), now.get(name))
            for name in order(list(was), list(own), list(now))}
    both = [name for name in was.keys() & own.keys() & now.keys()
            if len({text(side[name]) for side in (was, own, now)}) == 3]
    return new | {"cells": [cell for cell in kept.values() if cell]}, len(both)


def cells(notebook: dict) -> dict[str, dict]:
    """The cells by their ids; one without an id, or with that of another, gets one of its own."""
    found = {}
    for number, cell in enumerate(notebook["cells"]):
        name = cell.get("id")
        if not name or name in found:
            name = f"own-{number}"
        found[name] = cell | {"id": name}
    return found


def text(cell: dict | None) -> tuple[str, str] | None:
    """What a person writes of a cell: its kind and its source."""
    return cell and (cell["cell_type"], "".join(cell["source"]))


def outputs(cell: dict) -> list:
    """What a run wrote below a cell, without its number."""
    return [{key: value for key, value in output.items() if key != "execution_count"}
            for output in cell.get("outputs", [])]


def alike(one: dict, other: dict) -> bool:
    """Whether two notebooks hold the same cells, whatever a program noted beside them."""
    pages = [[(name, text(cell), outputs(cell)) for name, cell in cells(notebook).items()]
             for notebook in (one, other)]
    return pages[0] == pages[1]


def shared(one: dict, other: dict) -> int:
    """How many cells two notebooks have in common."""
    pages = [{(name, text(cell)) for name, cell in cells(notebook).items()}
             for notebook in (one, other)]
    return len(pages[0] & pages[1])


def choose(given: dict | None, mine: dict | None, new: dict | None) -> dict | None:
    """The cell that stays, of the three that have one id; None where none does."""
    if mine is None:
        return None if given and text(given) == text(new) else new
    if new is None:
        return None if given and text(given) == text(mine) else mine
    if text(mine) == text(new):
        return new if given and outputs(given) == outputs(mine) else mine
    return new if text(given) == text(mine) else mine


def order(given: list[str], mine: list[str], new: list[str]) -> list[str]:
    """All ids in one order: the student's, unless the lesson itself was put in another order."""
    everywhere = set(given) & set(mine) & set(new)
    kept = ([name for name in given if name in everywhere]
            == [name for name in new if name in everywhere])
    names, others = (list(mine), new) if kept else (list(new), mine)
    place = 0
    for name in others:
        if name not in names:
            names.insert(place, name)
        place = names.index(name) + 1
    return names
