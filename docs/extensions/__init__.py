"""What our site needs beside Sphinx: a reference that lists itself, sources to read, names that are links."""
