"""What runs a submission's checks, judges them, and makes the zips.  Only NumPy and the standard library."""
