"""Masked words: lesson 05 beside transformers' Trainer, as many seconds each."""

import time

import torch
from torch import nn

from helpers import data, training
from helpers.page import definitions
from tools import ROOT
from tools.bench import clock
from tools.bench.contest import Contest

COUNT, RATIO, RATE = 64, 0.3, 3e-3


def lesson():
    """Lesson 05's functions with its pieces of words, and texts (N, 64): to learn from, and asked.

    Asked is about every fourth of the definitions that no training meets.
    """
    page = definitions("05")
    page.tokenizer = page.learn_pieces(data.load("glosses", "train")["text"][:])
    known, held = (page.by_length(page.encode(data.load("glosses", split)["text"][:]))
                   for split in ("train", "test"))
    return page, known, held[::4]


def ours(seconds: float) -> dict[str, float]:
    """The lesson's network, its batches of similar length, its head where a piece is hidden."""
    page, known, asked = lesson()
    pieces = []

    def batch():
        made = page.masked(known, COUNT)
        pieces.append((made[2] > page.MASK).sum().item())
        return made

    network = page.MiniBert()
    ran = clock.train(network, *training.one_cycle(network, RATE, clock.TICKS), batch,
                      page.guess_loss, seconds)
    return report(network, sum(pieces[1:]) / ran["seconds"], page.accuracy(network, asked))


def stock(seconds: float) -> dict[str, float]:
    """`BertForMaskedLM` and the library's collator in its `Trainer`, with our rate's schedule."""
    import transformers
    page, known, asked = lesson()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=page.tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]")
    network = transformers.BertForMaskedLM(transformers.BertConfig(
        vocab_size=page.SIZE, hidden_size=128, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=288, pad_token_id=page.PAD))
    texts = [{"input_ids": text[text != page.PAD].tolist()} for text in known]
    optimizer, schedule = training.one_cycle(network, RATE, clock.TICKS)
    watch = {}

    def passed() -> float:
        return (time.perf_counter() - watch["began"]) / seconds

    class UntilOver(transformers.TrainerCallback):
        def on_train_begin(self, args, state, control, **others):
            watch["began"] = time.perf_counter()

        def on_step_end(self, args, state, control, **others):
            control.should_training_stop = passed() >= 1
            if control.should_training_stop:
                watch["seconds"], watch["steps"] = passed() * seconds, state.global_step

    trainer = transformers.Trainer(
        model=network, train_dataset=texts, optimizers=(optimizer, PacedAsAsked(schedule, passed)),
        callbacks=[UntilOver()], data_collator=transformers.DataCollatorForLanguageModeling(
            tokenizer, mlm_probability=RATIO),
        args=transformers.TrainingArguments(
            ROOT / "build" / "bench" / "trainer", per_device_train_batch_size=COUNT,
            max_steps=10**6, save_strategy="no", report_to="none", use_cpu=True,
            disable_tqdm=True, logging_strategy="no", dataloader_pin_memory=False))
    trainer.train()
    network.eval()
    mean = (known > page.MASK).sum().item() / len(known)
    return report(network, watch["steps"] * COUNT * mean / watch["seconds"], page.accuracy(
        lambda hidden, chosen: network(
            hidden, attention_mask=(hidden != page.PAD).long()).logits[chosen], asked))


class PacedAsAsked(clock.Paced):
    """The same schedule with the names by which `Trainer` asks a schedule."""

    def get_last_lr(self) -> list[float]:
        return self.schedule.get_last_lr()

    def state_dict(self) -> dict:
        return self.schedule.state_dict()


def report(network: nn.Module, pieces: float, right: float) -> dict[str, float]:
    """What is measured of both."""
    weights = sum(weight.numel() for weight in network.parameters())
    return {"pieces a second": pieces, "hidden pieces guessed": right,
            "thousand weights": weights / 1000}


def by_counting(seconds: float) -> dict[str, float]:
    """The rival without a network: the piece that stood most often between the same neighbours."""
    page, known, asked = lesson()
    page.counts = torch.bincount(known[known > page.MASK], minlength=page.SIZE)
    guess = page.between(page.count_between(known))
    return {"hidden pieces guessed": page.accuracy(guess, asked)}


CONTESTS = {"words": Contest(
    "Masked words", f"WordNet's definitions, {RATIO:.0%} of the pieces asked for, {COUNT} texts a "
    "step, two layers of 128; asked about definitions never met, 12% of their pieces hidden.",
    {"ours": ours, "transformers' Trainer": stock, "counting neighbours": by_counting},
    seconds=30, quick=1)}
