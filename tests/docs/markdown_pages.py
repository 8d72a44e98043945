"""Our pages as text: their blocks of code, commands, links and pictures."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))}


def read(name):
    return PAGES[name].read_text(encoding="utf-8")


def python_blocks(text):
    """[(number of the first line, source, the output that stands right below it or "")]"""
    blocks = []
    for match in re.finditer(r"^```python\n(.*?)^```\n(?:\n((?: {4}[^\n]*\n|\n)+))?", text, re.DOTALL | re.MULTILINE):
        line = text.count("\n", 0, match.start(1)) + 1
        blocks.append((line, match[1], (match[2] or "").strip()))
    return blocks


def commands(text):
    """Every ``python ...``, ``pip ...`` and ``make ...`` of the page's blocks and lines of code, without comments."""
    text = re.sub(r" *\\\n *", " ", text)
    code = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    code += re.findall(r"^ {4}\$? ?(.*)$", text, re.MULTILINE)
    code += re.findall(r"`([^`\n]+)`", text)
    lines = [part.strip() for block in code for line in block.splitlines() for part in line.split("&&")]
    found = [re.sub(r"^(\$ |[A-Z_]+=\S+ )*", "", line).partition("  #")[0].strip() for line in lines]
    return sorted({line for line in found if re.match(r"(python|pip|make) [\w-]", line)})


def without_code(text):
    return re.sub(r"^```.*?^```|^ {4}.*?$|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)


def links(text):
    """(words, target, whether it is a picture) of each link and picture."""
    pattern = r"(!?)\[((?:[^\[\]]|`[^`]*`)*)\]\(([^)\s]+)\)"
    found = [(words, target, mark == "!") for mark, words, target in re.findall(pattern, text)]
    return found + [(words, target, True) for target, words in re.findall(r'<img src="(.*?)".* alt="(.*?)"', text)]


def anchors(text):
    """The names that code hosts, and the site, give to the page's headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
