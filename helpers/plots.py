"""One style and one palette for every figure of the course."""

import base64
import html
import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
from IPython.display import display
from matplotlib.figure import Figure
from PIL import ImageChops
from torch import Tensor

# Okabe and Ito's palette: colour-blind readers can tell these apart. One meaning in every lesson.
COLOURS = {
    "SSL": "#0072B2",
    "raw pixels": "#7F7F7F",
    "random network": "#56B4E9",
    "supervised": "#E69F00",
    "related": "#009E73",
    "unrelated": "#D55E00",
    "other": "#CC79A7",
    "ink": "#222222",
}
MARKERS = {"SSL": "o", "raw pixels": "s", "random network": "^", "supervised": "D"}
# Colour, marker and line of the further methods in a figure, in the order in which they come.
FURTHER = [(COLOURS["other"], "v", "--"), (COLOURS["related"], "P", "-."),
           (COLOURS["unrelated"], "X", (0, (4, 1, 1, 1, 1, 1))), (COLOURS["ink"], "*", ":")]
WIDTH = 8.0


def use_style() -> None:
    """Set matplotlib's defaults: large type, no frame, light grid."""
    plt.rcParams.update({
        "figure.dpi": 100, "font.size": 12, "axes.titlesize": 13, "axes.titlelocation": "left",
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
        "grid.alpha": 0.25, "lines.linewidth": 2, "lines.markersize": 7, "legend.frameon": False,
        "figure.constrained_layout.use": True, "axes.axisbelow": True,
        "image.interpolation": "nearest",
    })


def subplots(rows: int = 1, columns: int = 1, height: float = 3.4):
    """A figure as wide as the page, `height` inches high, and its axes, as in matplotlib."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height))


def show(figure: Figure, caption: str) -> None:
    """Display a figure once, with its caption below and the same words as alternative text.

    It is stored as PNG or, if that is smaller, as JPEG, which suits photographs.
    """
    figure.canvas.draw()
    pixels = PIL.Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    plt.close(figure)
    palette = pixels.quantize(256, kmeans=1)
    alike = np.mean(ImageChops.difference(pixels, palette.convert("RGB"))) < 1  # of 255
    encoded = {"jpeg": _encoded(pixels, "JPEG", quality=85, subsampling=0),
               "png": _encoded(palette if alike else pixels, "PNG", optimize=True)}
    kind = min(encoded, key=lambda kind: len(encoded[kind]))
    show_file(encoded[kind], kind, caption)


def show_file(content: bytes, kind: str, caption: str) -> None:
    """Display a picture, the content of a "png" or "jpeg" file, as `show` displays a figure.

    It goes out as HTML: of an output that is a picture, JupyterLab and nbconvert drop the words.
    """
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    display({"text/html": f'<img alt="{html.escape(caption)}" src="{source}">'}, raw=True)
    display({"text/markdown": f"*{caption}*"}, raw=True)


def _encoded(pixels: PIL.Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    pixels.save(buffer, kind, **options)
    return buffer.getvalue()


def to_array(pictures: Tensor) -> np.ndarray:
    """(N, 3, H, W) or (N, 1, H, W) float in [0, 1] -> (N, H, W, 3) float for matplotlib."""
    return pictures.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).clamp(0, 1).numpy()


def pictures(rows: dict[str, Tensor], caption: str, titles: list[str] | None = None,
             side: float = 1.3) -> None:
    """Rows of pictures, each row with its name at the left.

    Args:
        rows: name of the row -> (N, 3, H, W) or (N, 1, H, W) float in [0, 1].
        caption: one sentence under the figure.
        titles: N short titles above the first row.
        side: how many inches wide each picture is at most.
    """
    columns = max(map(len, rows.values()))
    side = min(WIDTH / columns, side)
    figure, axes = plt.subplots(len(rows), columns, squeeze=False, layout="compressed",
                                figsize=(WIDTH, side * len(rows) + (0.35 if titles else 0.1)))
    for axis in axes.flat:
        axis.set_axis_off()
    for line, (name, batch) in zip(axes, rows.items(), strict=True):
        for axis, picture in zip(line, to_array(batch), strict=False):
            axis.imshow(picture)
        line[0].text(-0.12, 0.5, name, transform=line[0].transAxes, ha="right", va="center")
    for axis, title in zip(axes[0], titles or [], strict=False):
        axis.set_title(title, fontsize=9, loc="center")
    show(figure, caption)


def loss_curve(history: list[float], title: str, caption: str, ylabel: str = "loss") -> None:
    """The loss of each training step, and its running mean."""
    figure, axis = subplots(height=2.4)
    window = max(len(history) // 25, 1)
    smooth = np.convolve(history, np.ones(window) / window, mode="valid")
    axis.plot(history, color=COLOURS["raw pixels"], alpha=0.35, linewidth=1)
    axis.plot(np.arange(len(smooth)) + window // 2, smooth, color=COLOURS["ink"])
    axis.set(title=title, xlabel="step", ylabel=ylabel, ylim=(0, np.quantile(history, 0.98) * 1.1))
    show(figure, caption)


def bars(series: dict[str, dict[str, float]], title: str, caption: str, xlabel: str) -> None:
    """A horizontal bar chart with the values at the bars.

    Args:
        series: what is measured -> name -> value. With several, each name gets a bar of each.
    """
    names = list(next(iter(series.values())))
    figure, axis = subplots(height=1.0 + (0.2 + 0.26 * len(series)) * len(names))
    styles = zip((COLOURS["SSL"], COLOURS["other"]), ("", "///"))
    thick = 0.8 / len(series)
    for i, ((label, values), (colour, hatch)) in enumerate(zip(series.items(), styles)):
        drawn = axis.barh(np.arange(len(names)) + (i + 0.5) * thick - 0.4, list(values.values()),
                          thick, label=label, color=colour, hatch=hatch, edgecolor="white")
        axis.bar_label(drawn, fmt="%.2f", padding=4)
    axis.set_yticks(range(len(names)), names, parse_math=False)
    axis.set_title(title, parse_math=False)
    axis.set(xlabel=xlabel)
    axis.margins(x=0.1)
    axis.invert_yaxis()
    if len(series) > 1:
        figure.legend(loc="outside lower right", ncols=len(series))
    show(figure, caption)


def curves(series: dict[str, tuple], x: list[int], title: str, caption: str, xlabel: str,
           ylabel: str, chance: float | None = None) -> None:
    """Lines with their spread, and a legend.

    Args:
        series: name -> (mean, spread), each (len(x),). The first name that begins as one in MARKERS
            gets that colour and marker; the others take turns with FURTHER.
        x: what the columns stand for; drawn on a logarithmic axis.
        chance: the level of a blind guess, drawn dotted.
    """
    figure, axis = subplots(height=3.6)
    reserved = {kind: (COLOURS[kind], marker, "-") for kind, marker in MARKERS.items()}
    further = itertools.cycle(FURTHER)
    for name, (mean, spread) in series.items():
        kind = next((kind for kind in reserved if name.startswith(kind)), None)
        colour, marker, line = reserved.pop(kind) if kind else next(further)
        axis.errorbar(x, mean, yerr=spread, label=name, color=colour, capsize=3, marker=marker,
                      linestyle=line)
    if chance is not None:
        axis.axhline(chance, color=COLOURS["ink"], linestyle=":", linewidth=1.2, label="chance")
    axis.set_xscale("log", base=2)
    axis.set_xticks(x, [str(value) for value in x])
    axis.minorticks_off()
    axis.set(title=title, xlabel=xlabel, ylabel=ylabel, ylim=(0, None))
    figure.legend(loc="outside right upper")
    show(figure, caption)
