"""What the folded answers of the experiments need: their measures, with figures of real runs."""

from helpers import experiment

FIGURES = {
    "00": {"recognised": {32: [0.268, 0.324, 0.323], 8: [0.290, 0.322, 0.324]}},
    "01": {"named_rightly": {("pixels", 320): [0.389, 0.405, 0.390],
                             ("network", 80): [0.482, 0.467, 0.446]}},
}


def measure(figures):
    """A function (setting, seed) -> figure, which trains nothing."""
    found = {repr(setting): some for setting, some in figures.items()}
    return lambda setting, seed: found[repr(setting)][seed]


def facts(lesson):
    """What stands in a lesson where its experiment is asked for; nothing was run yet."""
    stand_ins = {name: measure(figures) for name, figures in FIGURES.get(lesson, {}).items()}
    return {"experiment": experiment, "results": ..., **stand_ins}
