"""Equations as MathML, written when the site is built: browsers typeset it without a script, a font or a network.

The translation is docutils', which Sphinx brings along.
"""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.errors import ExtensionError


def inline(writer, node):
    writer.body.append(mathml(node, as_block=False))
    raise nodes.SkipNode


def block(writer, node):
    writer.body.append(f'<div class="math">{mathml(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def mathml(node, as_block):
    tex = node.astext()
    try:
        return tex2mathml(f"\\begin{{aligned}}{tex}\\end{{aligned}}" if r"\\" in tex and as_block else tex, as_block)
    except MathError as error:
        raise ExtensionError(f"{node.source}:{node.line}: no MathML for {tex!r}: {error}") from error


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
