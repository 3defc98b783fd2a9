"""What makes several processes train as one: shares of a batch, and means over all processes."""

import torch
from accelerate import PartialState
from accelerate.utils import find_batch_size, reduce, slice_tensors
from torch import Tensor, nn


def share(batch):
    """The rows of this process, of a batch that all processes have drawn with the same numbers.

    Raises:
        ValueError: The rows can't be shared evenly; the message is a sentence.
    """
    state, rows = PartialState(), find_batch_size(batch)
    size, left = divmod(rows, state.num_processes)
    if left:
        raise ValueError(f"A batch of {rows} can't be shared evenly by {state.num_processes} "
                         "processes: start as many as divide it.")
    first = size * state.process_index
    return slice_tensors(batch, slice(first, first + size))


def weight(count: int | Tensor) -> float | Tensor:
    """How much a mean over `count` things counts, for the mean over processes to be that of all."""
    state = PartialState()
    if state.num_processes == 1:
        return 1.0
    mine = torch.as_tensor(count, dtype=torch.float32, device=state.device)
    return mine / reduce(mine, "mean")


class Mean(torch.autograd.Function):
    """The mean of a tensor over all processes; the gradient is the mean of theirs."""

    @staticmethod
    def forward(ctx, values: Tensor) -> Tensor:
        return reduce(values, "mean")

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        return reduce(gradient, "mean")


class Synchronised(nn.BatchNorm2d):
    """Batch normalisation over the batches of all processes, which have equally many rows.

    Call: (N, C) or (N, C, ...) float -> the same. PyTorch's own, SyncBatchNorm, refuses processors.
    """

    def _check_input_dim(self, batch: Tensor) -> None:
        """Any number of dimensions will do."""

    def forward(self, batch: Tensor) -> Tensor:
        if not self.training:
            return super().forward(batch)
        axes, shape = [0, *range(2, batch.dim())], [-1] + [1] * (batch.dim() - 2)
        values = batch.to(torch.promote_types(batch.dtype, torch.float32))
        mean = Mean.apply(values.mean(axes))
        centred = values - mean.view(shape)
        variance = Mean.apply(centred.pow(2).mean(axes))
        count = values.numel() / len(mean) * PartialState().num_processes
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale.view(shape) + self.bias.view(shape)).to(batch.dtype)


def synchronise(network: nn.Module) -> None:
    """Let each batch normalisation of a network ask all processes; its weights stay as they are."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.__class__ = Synchronised
