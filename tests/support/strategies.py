"""What hypothesis draws for several test files."""

from hypothesis import strategies as st

SEEDS = st.integers(0, 2**31)
