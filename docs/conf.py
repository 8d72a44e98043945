"""How Sphinx builds the site: ``make docs``, or ``python -m sphinx -W docs build/docs``."""

import sys
from importlib.util import find_spec
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]  # docs/extensions; nn, vae and datasets

import nn  # noqa: E402, F401  (before NumPy is loaded: see nn.threads)
from extensions.sources import linkcode_resolve  # noqa: E402, F401  (sphinx.ext.linkcode asks for it)

project = "bare-vae"
author = "The bare-vae authors"
project_copyright = "The bare-vae authors, Apache-2.0"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.linkcode",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_copybutton",
    "extensions.docstrings",
    "extensions.explorer",
    "extensions.reference",
    "extensions.sources",
    "extensions.links",
]
exclude_patterns = ["extensions", "sketches", "figures"]

# Text
myst_enable_extensions = ["dollarmath", "colon_fence", "html_image"]
myst_heading_anchors = 4  # #the-loop, as code hosts name their headings
default_role = "py:obj"  # `Dense` in a docstring is a link
highlight_language = "none"  # a block without a language is a command or an output

# Reference
autodoc_inherit_docstrings = False  # forward and backward are explained once, in Layer
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autosummary_generate = False
add_module_names = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# The pages
html_theme = "pydata_sphinx_theme"
html_title = "bare-vae"
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_sphinx = False
html_domain_indices = False  # the reference lists the files
html_theme_options = {
    "logo": {"text": "bare-vae"},
    "header_links_before_dropdown": 7,
    "navbar_align": "left",
    "show_toc_level": 2,
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "search": []}

# MathJax in one file, which draws its letters itself: nothing is loaded from the network, and from disk it works too.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax" / "tex-svg.js"
html_static_path = ["_static", str(MATHJAX)]
mathjax_path = MATHJAX.name
