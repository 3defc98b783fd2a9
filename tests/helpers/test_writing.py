"""Text is shown as it is, never run."""

import pytest

from helpers import writing

CAPTION = "What one <reads>."


def shown(displayed):
    """The one output, without its caption, which is always escaped."""
    output, = displayed
    html, caption = output["data"]["text/html"].split("<p>")
    assert caption == "<em>What one &lt;reads&gt;.</em></p>"
    return html


def test_a_table_shows_text_as_it_is_and_numbers_short(displayed):
    writing.table(["<b>", "n"], [["<script>", 0.126], ["a & b", None], [3, 1.0]], CAPTION)
    html = shown(displayed)
    for text in ("&lt;b&gt;", "&lt;script&gt;", ">0.13<", "a &amp; b", "></td>", ">3<", ">1.00<"):
        assert text in html
    assert "<script>" not in html and html.count("<tr>") == 4 and html.count("<td") == 6


def test_coloured_pieces_are_shown_as_they_are(displayed):
    writing.coloured({"<i>": [("<script>", "SSL", 0.0), ("##<br>", "SSL", 1.0)]}, CAPTION)
    html = shown(displayed)
    assert "&lt;i&gt;" in html and "&lt;script&gt;" in html and "&lt;br&gt;" in html
    assert not any(tag in html for tag in ("<i>", "<script>", "<br>"))


def test_pieces_of_a_word_join(displayed):
    writing.coloured({"": [("photo", "ink", 0), ("##syn", "ink", 0), ("of", "ink", 0)]}, CAPTION)
    assert "> photosyn of<" in shown(displayed)


@pytest.mark.parametrize(
    ("strength", "marked", "bold"),
    [(-1.0, False, False), (0.0, False, False), (0.1, True, False), (0.49, True, False),
     (0.5, True, True), (1.0, True, True), (7.0, True, True)],
)
def test_the_stronger_the_more_a_piece_stands_out(strength, marked, bold, displayed):
    writing.coloured({"row": [("sea", "unrelated", strength)]}, CAPTION)
    html = shown(displayed)
    assert ("background-color: rgba(213, 94, 0, " in html) == marked
    assert ("<b><u>sea</u></b>" in html) == bold
    if marked:
        assert f"{0.55 * min(strength, 1):.2f})" in html
