"""What makes, runs and publishes the course; no lesson imports it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # the course's own folder
