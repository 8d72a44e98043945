"""Faster forms of functions of `nn`, for NumPy arrays.  A file here is named after the plain file that it serves."""
