"""What makes several processes train as one: shares of a batch, and means over all processes."""

import torch
from accelerate import PartialState
from accelerate.utils import gather, recursively_apply, reduce
from torch import Tensor, nn
from torch.nn import functional as F


def share(batch):
    """The rows of this process, of a batch that all processes have drawn with the same numbers.

    Each tensor is shared by its own rows: a batch may hold parts of several sizes.

    Raises:
        ValueError: The rows can't be shared evenly; the message is a sentence.
    """
    state = PartialState()

    def mine(tensor: Tensor) -> Tensor:
        size, left = divmod(len(tensor), state.num_processes)
        if left:
            raise ValueError(f"A batch of {len(tensor)} can't be shared evenly by "
                             f"{state.num_processes} processes: start as many as divide it.")
        return tensor[size * state.process_index:][:size]

    return recursively_apply(mine, batch)


def weight(count: int | Tensor) -> float | Tensor:
    """How much a mean over `count` things counts, for the mean over processes to be that of all.

    Args:
        count: of this process; a number says that all processes have as many.
    """
    state = PartialState()
    if state.num_processes == 1 or not isinstance(count, Tensor):  # all have equally many rows
        return 1.0
    mine = count.to(state.device, torch.float32)
    return mine / reduce(mine, "mean")


class Normalise(torch.autograd.Function):
    """Batch normalisation by means and variances over the batches of all processes.

    PyTorch's kernels do it for one process's batch; what is right for all differs from that by a
    constant and a multiple of the input.
    """

    @staticmethod
    def forward(ctx, batch: Tensor, weight: Tensor, bias: Tensor, eps: float):
        _, mean, inverse = torch.native_batch_norm(batch, None, None, None, None, True, 0.0, eps)
        means, variances = gather(torch.stack([mean, inverse.pow(-2) - eps])[None]).unbind(1)
        mean = means.mean(0)
        variance = (variances + (means - mean).pow(2)).mean(0)
        ctx.save_for_backward(batch, weight, mean, (variance + eps).rsqrt())
        ctx.eps = eps
        ctx.mark_non_differentiable(mean, variance)
        return F.batch_norm(batch, mean, variance, weight, bias, eps=eps), mean, variance

    @staticmethod
    def backward(ctx, gradient: Tensor, *_):
        batch, weight, mean, inverse = ctx.saved_tensors
        found, *sums = torch.ops.aten.native_batch_norm_backward(
            gradient, batch, weight, None, None, mean, inverse, True, ctx.eps, [True] * 3)
        own = torch.stack(sums) * len(mean) / batch.numel()  # means of one process
        slope, constant = (own - reduce(own, "mean")) * weight * inverse
        slope, shape = slope * inverse, [-1] + [1] * (batch.dim() - 2)
        found.addcmul_(batch, slope.view(shape)).add_((constant - slope * mean).view(shape))
        return found, *sums, None


class Synchronised(nn.BatchNorm2d):
    """Batch normalisation over the batches of all processes, which have equally many rows.

    Call: (N, C) or (N, C, ...) float -> the same. PyTorch's own, SyncBatchNorm, refuses processors.
    """

    def _check_input_dim(self, batch: Tensor) -> None:
        """Any number of dimensions will do."""

    def forward(self, batch: Tensor) -> Tensor:
        if not self.training:
            return super().forward(batch)
        normal, mean, variance = Normalise.apply(batch, self.weight, self.bias, self.eps)
        count = batch.numel() / len(mean) * PartialState().num_processes
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        return normal


def synchronise(network: nn.Module) -> None:
    """Let each batch normalisation of a network ask all processes; its weights stay as they are."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.__class__ = Synchronised
