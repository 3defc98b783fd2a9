"""A class at a glance, without a server: what one student hands in, and what many did."""
