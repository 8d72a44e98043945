"""The explorer inside the site, once the main demo has written one: ``make demo docs``."""

from pathlib import Path

PAGE = Path("outputs/shapes-dense-beta4/explorer.html")  # of python demos/shapes_beta4.py

FRAME = """

```{raw} html
<iframe class="explorer" src="_static/explorer.html" title="Explore a trained model" loading="lazy"></iframe>
```
"""


def embed(app, docname, source):
    if docname == "explorer":
        source[0] += FRAME


def setup(app):
    page = Path(app.srcdir).parent / PAGE
    if page.exists():
        app.tags.add("explorer")  # index.md has a link for it
        app.config.html_static_path.append(str(page))
        app.connect("source-read", embed)
    return {"parallel_read_safe": True}
