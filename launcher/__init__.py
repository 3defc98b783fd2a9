"""What stands behind course.py: its commands and its environment; standard library only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""the course's own folder"""
