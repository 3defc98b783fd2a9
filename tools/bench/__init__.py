"""The course's code beside what others would use, on one machine: `python3 course.py bench`."""
