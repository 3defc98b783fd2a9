"""What stands behind course.py: its environment and its commands. Needs the standard library only.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""the course's own folder"""
