"""What of a notebook's outputs is kept in its file: nothing that needs a kernel to be shown."""

WIDGET = "application/vnd.jupyter.widget-view+json"
CONTROL = "[an interactive control: run this cell to use it]"


def settle(notebook: dict) -> None:
    """Let a line of text stand for each control, or its own words if it has some; keep no state."""
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output.get("data", {}).pop(WIDGET, None) and "text/html" not in output["data"]:
                output["data"] = {"text/plain": CONTROL}


def before_saving(model: dict, **_) -> None:
    """Jupyter's `pre_save_hook`: what it changes goes into the file, not into the open page.

    Args:
        model: what Jupyter saves; with {"cells": [...]} as its content if it is a notebook.
    """
    if model["type"] == "notebook":
        settle(model["content"])
