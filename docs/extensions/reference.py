"""The API reference: before each build, a page in docs/api/ for every file that defines something public.

Public is what stands in the ``__all__`` of `nn`, `vae`, `datasets` and of the packages inside them, and what the
modules define that stand in an ``__all__``.  Nothing is listed by hand, so nothing can be forgotten.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType

from .docstrings import plain

ROOTS = ("nn", "vae", "datasets")
TABLE = """\
.. list-table::
   :header-rows: 1
   :widths: 20 35 45

   * - file
     - what it is about
     - names
"""


def public_names():
    """{the shortest name under which it is public: the object}, in alphabetical order."""
    names = {}
    for module in public_modules():
        for name in listed(module):
            value = getattr(module, name)
            if not isinstance(value, ModuleType):
                full = f"{module.__name__}.{name}"
                names[id(value)] = min(
                    names.get(id(value), (full, value)), (full, value), key=lambda pair: shortness(pair[0])
                )
    return dict(sorted(names.values(), key=lambda pair: pair[0].lower()))


def shortness(name):
    return name.count("."), len(name), name


def public_modules():
    """The packages with an ``__all__``, and the modules that stand in one."""
    packages = []
    for root in map(importlib.import_module, ROOTS):
        inner = pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        names = [root.__name__, *(found.name for found in inner if found.ispkg)]
        packages += [package for package in map(importlib.import_module, names) if hasattr(package, "__all__")]
    values = [getattr(package, name) for package in packages for name in package.__all__]
    modules = [value for value in values if isinstance(value, ModuleType)]
    return list({module.__name__: module for module in packages + modules}.values())


def listed(module):
    """``__all__``, or without one the functions and classes that the module itself defines."""
    if hasattr(module, "__all__"):
        return module.__all__
    return [
        name for name, value in vars(module).items()
        if not name.startswith("_") and inspect.getmodule(value) is module and not isinstance(value, ModuleType)
    ]  # fmt: skip


def defined_in(name, value):
    """The name of the module whose file defines it."""
    if inspect.isclass(value) or inspect.isroutine(value):
        return value.__module__
    attribute, root = name.rpartition(".")[2], name.partition(".")[0]
    for module in sorted(found for found in sys.modules if f"{found}.".startswith(f"{root}.")):
        held = vars(sys.modules[module]).get(attribute)
        if held is value and re.search(rf"^{attribute} = ", inspect.getsource(sys.modules[module]), re.MULTILINE):
            return module  # data, such as a dict, do not know where they come from
    raise LookupError(f"no file has a line that begins with '{attribute} = ', for the reference of {name}")


def pages():
    """{path below docs/api/: reStructuredText}"""
    by_file = defaultdict(list)
    for name, value in public_names().items():
        by_file[defined_in(name, value)].append((name, value))
    for module in public_modules():
        if not hasattr(module, "__path__"):
            by_file[module.__name__]  # its own docstring is part of the reference, whatever it defines
    written = {f"{module}.rst": page_of_file(module, names) for module, names in by_file.items()}
    for root in ROOTS:
        files = {module: names for module, names in by_file.items() if module.partition(".")[0] == root}
        written[f"{root}.rst"] = page_of_package(root, files)
    return written


def page_of_file(module, names):
    entries = "".join(entry(name, value) for name, value in names)
    head = f".. automodule:: {module}\n   :no-members:\n"
    if module in (name for name, _ in names):
        head += "   :no-index:\n"  # nn.debug is a file, and what it defines
    return f"{title(module)}{head}\n.. currentmodule:: {module.partition('.')[0]}\n\n{entries}"


def entry(name, value):
    if inspect.isclass(value):
        kind, options = "exception" if issubclass(value, BaseException) else "class", "   :members:\n"
    elif inspect.isroutine(value):
        kind, options = "function", ""
    else:
        kind, options = "data", "   :no-value:\n"
    return f".. auto{kind}:: {name}\n{options}\n"


def page_of_package(root, files):
    rows = "".join(
        f"   * - :doc:`{module} </api/{module}>`\n     - {first_line(module)}\n"
        f"     - {', '.join(f':py:obj:`~{name}`' for name, _ in files[module])}\n"
        for module in sorted(files)
    )
    listing = "".join(f"   {module}\n" for module in sorted(files))
    summary = importlib.import_module(root).__doc__
    table = f"{TABLE}{rows}"
    return f"{title(root)}{summary}\n\n{table}\n.. toctree::\n   :hidden:\n\n{listing}"


def first_line(module):
    return plain(sys.modules[module].__doc__.strip().partition("\n")[0])


def title(words):
    return f"{words}\n{'=' * len(words)}\n\n"


def write(app):
    folder, wanted = Path(app.srcdir) / "api", pages()
    for stale in folder.glob("*.rst"):
        if stale.name not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # an unchanged page is not built again
            path.write_text(text, encoding="utf-8")


def skip_borrowed(app, what, name, value, skip, options):
    """What scikit-learn gives to its estimators is described there."""
    return True if str(getattr(value, "__module__", "")).startswith("sklearn") else None


def setup(app):
    app.connect("builder-inited", write)
    app.connect("autodoc-skip-member", skip_borrowed)
    return {"parallel_read_safe": True}
