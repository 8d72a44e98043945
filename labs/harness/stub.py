"""Makes the student's file out of the lecturer's: what stands between the solution's marks goes.

A solution is a plain module.  What the student shall write stands in a function or method between the comments
``# BEGIN SOLUTION`` and ``# END SOLUTION``; the stub has ``raise NotYetWritten("Dense.backward")`` there.
"""

import ast
import re

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
GIVEN = "# The rest is given"  # with this comment begins what the student need not write
GRADED = "# Graded, without further explanation."

EXCEPTION = '''
class NotYetWritten(Exception):
    """This part is still to be written, by you: put your lines in the place of the one that raises this."""
'''


def full_solution(lab):
    """The lecturer's file: solution and sibling as one module, the form in which a student hands it in."""
    source = (lab.folder / "solution.py").read_text(encoding="utf-8")
    sibling = lab.folder / "sibling.py"
    if not sibling.exists():
        return source
    to_write, given, rest = source.partition(f"\n{GIVEN}")
    graded = re.sub(r"  # noqa: F821.*", "", sibling.read_text(encoding="utf-8"))  # it uses names of the first part
    sections = [to_write, f"{GRADED}\n\n\n{_without_head(graded).strip()}", f"{given.strip()}{rest}"]
    return "\n\n\n".join(section.strip() for section in sections if section) + "\n"


def stub_of(source):
    """The stub of a full solution; ValueError if its marks are not in order, or none of a part's code would go."""
    lines, out, start = source.splitlines(), [], None
    names = _names_by_line(ast.parse(source))
    for number, line in enumerate(lines, 1):
        mark = line.strip()
        if mark == BEGIN:
            if start is not None or number not in names:
                raise ValueError(f"line {number}: {BEGIN} must stand in a function, after the last {END}")
            start = number
            out.append(f'{line[: len(line) - len(line.lstrip())]}raise NotYetWritten("{names[number]}")')
        elif mark == END:
            if start is None or names.get(number) != names[start]:
                raise ValueError(f"line {number}: {END} without its {BEGIN}")
            start = None
        elif start is None:
            out.append(line)
    if start is not None:
        raise ValueError(f"line {start}: {BEGIN} without its {END}")
    stub = _after_imports("\n".join(out) + "\n", EXCEPTION)
    _check(stub, names.values())
    return stub


def parts_of(source):
    """The names of what is to be written: every function with a marked place in it, in order."""
    names = _names_by_line(ast.parse(source))
    return [names[number] for number, line in enumerate(source.splitlines(), 1) if line.strip() == BEGIN]


def normalised_bodies(source, *, at_least=7):
    """The syntax of each solution's body, free of names of variables, comments and layout: what must not leak.

    Returns {part: set of dumps}, one for each statement and for the whole body; those with less than `at_least`
    names, attributes, calls and the like (``return a / b``) could stand anywhere and are left out.
    """
    tree = ast.parse(source)
    names, lines = _names_by_line(tree), source.splitlines()
    marks = [number for number, line in enumerate(lines, 1) if line.strip() in (BEGIN, END)]
    bodies = {}
    for begin, end in zip(marks[::2], marks[1::2], strict=True):
        inside = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and begin < node.lineno < end]
        bodies[names[begin]] = {normalised(node) for node in inside if _size(node) >= at_least}
    return bodies


def _size(node):
    return sum(isinstance(inner, ast.stmt | ast.expr) for inner in ast.walk(node))


def normalised(node):
    """A statement's syntax with every variable named by the order of its first use."""
    order = {}

    class Rename(ast.NodeTransformer):
        def visit_Name(self, name):
            return ast.Name(order.setdefault(name.id, f"v{len(order)}"), name.ctx)

    return ast.dump(Rename().visit(ast.parse(ast.unparse(node))))


def _names_by_line(tree):
    """{line: "Class.method" or "function"} for every line inside one."""
    found = {}

    def visit(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                visit(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.FunctionDef):
                found.update(dict.fromkeys(range(child.lineno, child.end_lineno + 2), prefix + child.name))

    visit(tree, "")
    return found


def _without_head(source):
    """A module without its docstring and imports."""
    tree = ast.parse(source)
    head = [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and node is tree.body[0])
    ]
    return "\n".join(source.splitlines()[max((node.end_lineno for node in head), default=0) :])


def _after_imports(source, text):
    tree = ast.parse(source)
    last = max((node.end_lineno for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)), default=0)
    lines = source.splitlines()
    rest = "\n".join(lines[last:]).strip("\n")
    return "\n".join(lines[:last]) + f"\n\n{text}\n\n{rest}\n"


def _check(stub, names):
    """The stub must be Python, without marks, and every part in it must raise."""
    tree = ast.parse(stub)
    if re.search("(BEGIN|END) SOLUTION", stub):
        raise ValueError("a mark of the solution is left in the stub")
    raising = {
        node.exc.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.func.id == "NotYetWritten"
    }
    if not raising <= set(names):
        raise ValueError("the stub raises for a part that the solution does not have")
