"""What holds for every test and every notebook: each plugin stands in tests/support."""

import os

# No test, and no notebook that pytest runs, writes into the progress of whoever starts it.
os.environ["COURSE_PROGRESS"] = "off"
pytest_plugins = ["network", "selection", "skips"]
