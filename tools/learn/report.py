"""One page with the figures of a run, which needs no other file."""

import contextlib
import html
from collections.abc import Iterator
from unittest.mock import patch

STYLE = ("body{font:17px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
         "img{max-width:100%}em{color:#555}"
         "th,td{text-align:left;padding:.1em 1.2em .1em 0;overflow-wrap:anywhere}"
         "pre{background:#f4f4f4;padding:1em;overflow:auto}"
         ".verdict{border-left:4px solid #0072B2;padding:.2em 1em;font-size:1.2em}")


@contextlib.contextmanager
def kept() -> Iterator[list[str]]:
    """Put the HTML of all that the lesson's functions would show into the list that this yields."""
    pieces = []

    def keep(shown, **_) -> None:
        if hasattr(shown, "data"):
            pieces.append(shown.data)
        elif "text/html" in shown:
            pieces.append(shown["text/html"])
        elif "text/markdown" in shown:
            pieces.append(f"<p><em>{html.escape(shown['text/markdown'].strip('*'))}</em></p>")

    with patch("helpers.plots.display", keep), patch("helpers.writing.display", keep):
        yield pieces


def page(title: str, verdict: str, paragraphs: list[str], pieces: list[str], code: str,
         settings: dict) -> bytes:
    """One page that needs no other file and no network.

    Args:
        title, verdict, paragraphs: text.
        pieces: HTML, of which the first is the table of what was found.
        code: how the files are loaded.
        settings: of the run, by name.
    """
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>"
                   for name, value in settings.items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="viewport" content="width=device-width">
<style>{STYLE}</style></head><body>
<h1>{html.escape(title)}</h1>
<p class="verdict">{html.escape(verdict)}</p>
{"".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)}
<h2>What was there</h2>
{pieces[0]}
<h2>What the network makes of it</h2>
{"".join(pieces[1:])}
<h2>Take it home</h2>
<pre>{html.escape(code)}</pre>
<h2>This run</h2>
<table>{rows}</table>
</body></html>
""".encode()
