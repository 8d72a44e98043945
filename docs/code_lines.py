"""Count lines of code, without blank lines, comments and docstrings: ``python docs/code_lines.py nn/dense.py ...``."""

import ast
import io
import sys
import tokenize
from pathlib import Path

EMPTY = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(source):
    """The numbers of the lines that hold code."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in EMPTY:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return lines


def main(paths):
    counts = {path: len(code_lines(Path(path).read_text(encoding="utf-8"))) for path in paths}
    for path, count in counts.items():
        print(f"{count:>6}  {path}")
    print(f"{sum(counts.values()):>6}  together")


if __name__ == "__main__":
    main(sys.argv[1:])
