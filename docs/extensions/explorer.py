"""The explorer inside the site, where there is one: ``python -m vae.explore MODEL.npz --out docs/explorer.html``."""

from pathlib import Path

FRAME = """

```{raw} html
<iframe class="explorer" src="_static/explorer.html" title="Explore a trained model" loading="lazy"></iframe>
```
"""


def embed(app, docname, source):
    if docname == "explorer":
        source[0] += FRAME


def setup(app):
    if (Path(app.srcdir) / "explorer.html").exists():
        app.tags.add("explorer")  # index.md has a link for it
        app.config.html_static_path.append("explorer.html")
        app.connect("source-read", embed)
    return {"parallel_read_safe": True}
