"""The methods of lesson 10, each with a network of its own, trained side by side."""

from functools import partial

from torch import nn

from helpers import data, models, probes, views
from helpers.page import definitions


def side_by_side() -> dict:
    """The network, batch, loss, kept part and figures of the recipe `family`.

    None of the networks knows of another. The sum of their losses trains each as its own loss
    would, for AdamW gives each weight a step length of its own. (Each of several processes compares
    the rows of its own share, and of no others.)
    """
    page = definitions("10")
    page.page04 = definitions("04")
    page.page04.train = page.train = data.drawings("train")
    unseen, methods = data.drawings("test"), page.family()
    sees_views = {name: isinstance(net, page.Learner) for name, (_, net) in methods.items()}

    def loss(network, batch):
        pair, patches = batch
        return sum(methods[name][0](net, *(pair if sees_views[name] else patches))
                   for name, net in network.items())

    def kept(network):
        """The encoders, without what only training needs: projectors, slow twins, guessers."""
        return nn.ModuleDict({name: net.fast[0] if sees_views[name] else net.eye
                              for name, net in network.items()}).eval()

    def figures(encoders):
        reached, paper = {}, views.on_paper(unseen.images)
        for name, encoder in encoders.items():
            whole = encoder if sees_views[name] else page.Codes(encoder)
            embed = partial(models.apply, whole)
            for where, ask in (("clean", None), ("wild", probes.in_the_wild)):
                mean, _ = probes.cow_curve(embed, unseen, ask)
                reached |= {f"{name}: {where}, 1": mean[0], f"{name}: {where}, 7": mean[-1]}
            reached[f"{name}: one-shot"] = probes.one_shot(embed, unseen, probes.in_the_wild)
            reached[f"{name}: rank"] = page.effective_rank(embed(paper[::3]))
            if not sees_views[name]:
                shares = page.shares_of(page.codes_of(encoder, paper))
                reached |= {f"{name}: {share}": value for share, value in shares.items()}
        return reached

    return {"network": nn.ModuleDict({name: net for name, (_, net) in methods.items()}),
            "batch": lambda: (page.two_views(), page.drawings()), "loss": loss, "kept": kept,
            "figures": figures}
