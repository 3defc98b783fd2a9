"""How the course becomes a web site: `python3 course.py site`."""

import json

from myst_nb.core.render import NbElementRenderer

project = "Self-supervised learning"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
root_doc = "site/index"
include_patterns = ["site/index.md", "notebooks/*.ipynb", "data/README.md", "INSTRUCTORS.md"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_js_files = ["reachable.js"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # a summary is fetched, which a page from a disk may not do

render_image = NbElementRenderer.render_image


def render_with_words(self, data):
    """Give a figure the alternative text of its output, which myst-nb leaves out."""
    images = render_image(self, data)
    words = data.output_metadata.get(data.mime_type, {}).get("alt")
    if words:
        images[0]["alt"] = words
    return images


def for_readers(app, name, source):
    """Leave out the speaker's notes, and offer the notebook below its title."""
    if not name.startswith("notebooks/"):
        return
    notebook = json.loads(source[0])
    notebook["cells"] = [cell for cell in notebook["cells"]
                         if cell["metadata"]["slideshow"]["slide_type"] != "notes"]
    title, _, rest = "".join(notebook["cells"][0]["source"]).partition("\n")
    link = f"{{download}}`Download this notebook <{name.split('/')[-1]}.ipynb>`"
    notebook["cells"][0]["source"] = f"{title}\n\n{link}\n{rest}"
    source[0] = json.dumps(notebook)


def setup(app):
    """Called by Sphinx."""
    NbElementRenderer.render_image = render_with_words
    app.connect("source-read", for_readers)
