"""Names in the text become links, `nn/dense.py` to its source, `nn.Dense` and `Dense(n_in, n_out)` to the reference.

A link that is called by its file, [fast.md](fast.md), shows the title of that page.  The links of README and its like,
which pages include, are seen from docs/.
"""

import re
from pathlib import Path

from docutils import nodes

from .sources import files, page_of


def link_names(app, doctree, docname):
    if app.builder.format != "html":
        return
    known = set(files())
    objects = app.env.get_domain("py").objects
    for literal in list(doctree.findall(nodes.literal)):
        if linked(literal):
            continue
        words = literal.astext()
        if words in known:
            target = app.builder.get_relative_uri(docname, page_of(words))
        elif name := reference_name(words, objects):
            entry = objects[name]
            target = f"{app.builder.get_relative_uri(docname, entry.docname)}#{entry.node_id}"
        else:
            continue
        link = nodes.reference("", "", internal=True, refuri=target)
        literal.replace_self(link)
        link += literal


def name_pages(app, doctree, docname):
    for link in doctree.findall(nodes.reference):
        page = re.fullmatch(r"(?:docs/)?(\w+)\.md", link.astext())
        if page and page[1] in app.env.titles:
            link.clear()
            link += nodes.Text(app.env.titles[page[1]].astext())


def see_from_docs(app, path, docname, content):
    """Links and pictures of a file in the root that a page includes."""

    def seen(link):
        before, target = link.groups()
        page = target.removeprefix("docs/")
        if page == target and not (Path(app.srcdir) / (page := target.lower())).exists():
            page = f"../{target}"  # but CHANGELOG.md is included in changelog.md
        return before + page

    content[0] = re.sub(r'(\]\(|src=")(?!\w+:|#)([^)\s"]+)', seen, content[0])


def linked(node):
    while node is not None:
        if isinstance(node, nodes.reference | nodes.title):
            return True
        node = node.parent
    return False


def reference_name(words, objects):
    """The entry that `words` name, with or without arguments; ``vae.`` may be left out, and for a call ``nn.``."""
    call = re.fullmatch(r"([\w.]+)(\(.*\))?", words)
    if call is None:
        return None
    names = [call[1], f"vae.{call[1]}"] if "." in call[1] else [f"nn.{call[1]}"] if call[2] else []
    return next((name for name in names if name in objects), None)


def setup(app):
    app.connect("include-read", see_from_docs)
    app.connect("doctree-resolved", link_names)
    app.connect("doctree-resolved", name_pages)
    return {"parallel_read_safe": True}
