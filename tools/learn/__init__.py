"""Training on any pictures and any number of processes: `python3 course.py learn FOLDER`."""
