"""What our site needs beside Sphinx: equations without scripts, a reference that lists itself, sources to read."""
