# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A function of module_utils as a program by itself: the source that it needs, and no more.

What stands at the top of a module is needed if it binds a name that is mentioned where something needed is bound. Of a
module that is used as a value (a list holds it, a function gets it) all is needed.
"""

from __future__ import annotations

import ast
import builtins
import io
import pathlib
import string
import tokenize

MODULE_UTILS = pathlib.Path(__file__).parents[1] / "module_utils"
ALL = ""
IMPORTS = (ast.Import, ast.ImportFrom)
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def sources(module: str, function: str, instead=None, root: pathlib.Path = MODULE_UTILS) -> dict:
    """{path below root: source} of what a function needs.

    module: such as "_guest.first_boot". instead: {module: source} that stands in the place of what the file has.
    """
    tree, names, found = Tree(root, instead or {}), {}, [(module, function)]
    while found:
        module, name = found.pop()
        if name not in names.setdefault(module, set()):
            names[module].add(name)
            found += tree.needs(module, name)
    return {tree.path(module).relative_to(root).as_posix(): tree.source(module, names[module]) for module in names}


class Tree:
    """Modules below a root, and what they say: their own source, or what stands in its place."""

    def __init__(self, root: pathlib.Path, instead: dict):
        self._root, self._instead, self._statements = root, instead, {}

    def path(self, module: str) -> pathlib.Path:
        path = self._root.joinpath(*module.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    def needs(self, module: str, name: str):
        """(module, name) of what a name of a module needs. A name has an attribute behind its dot, or is ALL."""
        name, _dot, attribute = name.partition(".")
        for statement in self._parsed(module):
            if isinstance(statement, IMPORTS):
                for alias in _aliases(statement, {name}):
                    yield from self._origin(module, statement, alias, attribute)
            elif name == ALL or name in _binds(statement):
                yield from ((module, mention) for mention in _mentions(statement))

    def source(self, module: str, names: set) -> str:
        """The statements that bind these names, as they are written but for what only people need.

        Not by ast.unparse(): that of Python 3.12 makes f-strings which older ones cannot read.
        """
        names = {name.partition(".")[0] for name in names}
        lines, kept = self._text(module).splitlines(), []
        for statement in self._parsed(module):
            if isinstance(statement, IMPORTS):
                aliases = _aliases(statement, names)
                kept += [ast.unparse(type(statement)(**{**vars(statement), "names": aliases}))] if aliases else []
            elif ALL in names or names & _binds(statement):
                first = min(node.lineno for node in (statement, *getattr(statement, "decorator_list", ())))
                kept += lines[first - 1:statement.end_lineno]
        return _bare("\n".join(kept) + "\n")

    def _text(self, module: str) -> str:
        return self._instead.get(module) or self.path(module).read_text(encoding="utf-8")

    def _parsed(self, module: str) -> list:
        if module not in self._statements:
            self._statements[module] = ast.parse(self._text(module)).body
        return self._statements[module]

    def _origin(self, module: str, statement, alias, attribute: str):
        """Where an alias comes from: another module here, or a name in one. Nothing for those of other libraries."""
        if getattr(statement, "level", 0):
            parts = [*module.split("."), *(["__init__"] if self.path(module).name == "__init__.py" else [])]
            origin = [*parts[:-statement.level], *filter(None, [statement.module])]
            submodule = ".".join([*origin, alias.name])
            yield (submodule, attribute) if self.path(submodule).exists() else (".".join(origin), alias.name)


def _aliases(statement, names: set) -> list:
    """Those of an import that bind one of these names."""
    if ALL in names or getattr(statement, "module", "") == "__future__":
        return statement.names
    return [alias for alias in statement.names if (alias.asname or alias.name.partition(".")[0]) in names]


def _binds(statement) -> set:
    if isinstance(statement, DEFINITIONS):
        return {statement.name}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _mentions(node):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}"
    else:
        for child in ast.iter_child_nodes(node):
            yield from _mentions(child)


def _bare(text: str) -> str:
    """Without comments, docstrings and the annotations of parameters and results, and with short names where nobody else looks."""
    lines, tree = text.splitlines(), ast.parse(text)
    unread = (cut for node in ast.walk(tree) for cut in _unread(node, lines))
    cuts = {*_comments(text), *unread, *_local_names(tree), *_private_names(tree)}
    for (first, start), (last, end), instead in sorted(cuts, reverse=True):
        lines[first - 1:last] = [lines[first - 1][:start] + instead + lines[last - 1][end:]]
    return "\n".join(lines)


def _comments(text: str):
    """(start, end, what takes its place), positions as (line, column) from (1, 0)."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start, token.end, ""


def _unread(node, lines):
    """The same of docstrings and annotations."""
    if isinstance(node, DEFINITIONS) and ast.get_docstring(node) is not None:
        yield (*_span(node.body[0]), "0")
    if isinstance(node, ast.arg) and node.annotation:
        yield (node.lineno, node.col_offset + len(node.arg)), _span(node.annotation)[1], ""
    if isinstance(node, ast.FunctionDef) and node.returns:
        start, end = _span(node.returns)
        yield (start[0], lines[start[0] - 1].rindex(")", 0, start[1]) + 1), end, ""


def _local_names(tree):
    """The same of a function's own variables: a letter each. Parameters keep their names, which callers may use."""
    known = {*dir(builtins), *(name for statement in tree.body for name in _bound(statement))}
    for function in (node for statement in tree.body for node in _functions(statement)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)} - known - _fixed(function)
        taken = known | {node.id for node in names}
        letters = dict(zip(sorted(own), (letter for letter in string.ascii_letters if letter not in taken)))
        yield from ((*_span(node), letters[node.id]) for node in names if node.id in letters)


def _private_names(tree):
    """The same of a module's private functions: an underscore and a letter each."""
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    private = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] == "_"}
    names = sorted(set(private) - parameters - _in_f_strings(tree))
    letters = dict(zip(names, (f"_{letter}" for letter in string.ascii_letters)))
    for name, short in letters.items():
        line, start = private[name].lineno, private[name].col_offset + len("def ")
        yield (line, start), (line, start + len(name)), short
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in letters:
            yield (*_span(node), letters[node.id])


def _bound(statement) -> set:
    if isinstance(statement, IMPORTS):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return _binds(statement)


def _functions(statement) -> list:
    """With what is within them: a function, or those of a class."""
    within = statement.body if isinstance(statement, ast.ClassDef) else [statement]
    return [node for node in within if isinstance(node, ast.FunctionDef)]


def _fixed(function) -> set:
    """What is named otherwise than by an ast.Name, or where its place is not known."""
    names = _in_f_strings(function)
    for node in ast.walk(function):
        names |= {value for key, value in ast.iter_fields(node) if key in ("arg", "name", "asname")}
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            names |= set(node.names)
    return names


def _in_f_strings(tree) -> set:
    """The names in f-strings, of which Python 3.11 does not know the places."""
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    return {part.id for node in strings for part in ast.walk(node) if isinstance(part, ast.Name)}


def _span(node) -> tuple:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
