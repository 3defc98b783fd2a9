"""A log of a training, for TensorBoard's readers or those of tables."""

import time
from pathlib import Path

from accelerate.tracking import GeneralTracker

from tools.storage import write

EVERY = 10  # steps from one line to the next


class Log(GeneralTracker):
    """A table of numbers, `log.csv`: one of accelerate's trackers, as TensorBoard's is one.

    What a run that goes on finds there of steps before its own stays.
    """

    name = "csv"
    requires_logging_directory = False

    def __init__(self, path: Path, meter: list[dict[str, float]]):
        """The last entry of `meter`, whatever it has, is written beside each loss."""
        super().__init__()
        self.path, self.meter, self.lines, self.began = path, meter, None, time.monotonic()

    @property
    def tracker(self) -> Path:
        return self.path

    def log(self, values: dict, step: int | None = None, **_) -> None:
        row = values | self.meter[-1] | {"seconds": time.monotonic() - self.began, "step": step}
        if self.lines is None:
            found = self.path.read_text().splitlines() if self.path.exists() else []
            before = [line for line in found if line.partition(",")[0].isdecimal()
                      and int(line.partition(",")[0]) < step]
            self.lines = [",".join(["step", *(name for name in row if name != "step")]), *before]
        if step % EVERY == 0:
            values = [f"{value:.6g}" for name, value in row.items() if name != "step"]
            self.lines.append(",".join([str(step), *values]))

    def finish(self) -> None:
        if self.lines:
            write({self.path: "\n".join([*self.lines, ""]).encode()})
