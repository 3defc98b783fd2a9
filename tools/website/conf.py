"""What Sphinx is told about the course's web site; tools/website starts it."""

from myst_nb.core.render import NbElementRenderer

project = html_title = "Self-supervised learning"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
exclude_patterns = ["originals"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["_static"]
html_js_files = ["reachable.js"]
html_css_files = ["pages.css"]
html_copy_source = html_use_index = html_show_copyright = html_show_sourcelink = False
html_show_search_summary = False  # a summary is fetched, which a page from a disk may not do

render_image = NbElementRenderer.render_image


def render_with_words(self, data):
    """Give a figure the alternative text of its output, which myst-nb leaves out."""
    images = render_image(self, data)
    words = data.output_metadata.get(data.mime_type, {}).get("alt")
    if words:
        images[0]["alt"] = words
    return images


NbElementRenderer.render_image = render_with_words
