"""What holds for every test and every notebook: each plugin stands in tests/support."""

pytest_plugins = ["network", "selection", "skips"]
