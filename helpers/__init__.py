"""What all lessons of the course draw on; each module is one idea."""
