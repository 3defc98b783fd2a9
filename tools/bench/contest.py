"""What a contest is: some who do the same for as many seconds, and what is measured of each."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Contest:
    """Some contestants, each of which is told for how many seconds it may train.

    Each returns what was measured: a name -> a number. In the tables the names become columns.
    """

    title: str
    explanation: str
    contestants: dict[str, Callable[[float], dict[str, float]]]
    seconds: float
    quick: float
    """the seconds of the quick form, in which nothing can be told but that all runs"""
