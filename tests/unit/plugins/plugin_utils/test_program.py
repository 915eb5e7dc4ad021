# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a program carries: all that its function needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.xeni.aws.plugins.plugin_utils._program import sources

MODULES = {
    "_first/start.py": '''
"""The module's words."""
from __future__ import annotations
import json, os
from collections import OrderedDict as Ordered, deque
from .._second import names
from .._second.names import LATER, NOBODYS as LEFT
from . import kinds
from .kinds import by_name

UNUSED = os.sep
TEXT = """\\
# no comment

  "no docstring"
"""

def main(word: str, *rest: int, last: dict | None = None) -> str:
    """What it does."""
    # why
    def inner(): "Only words."
    return json.dumps([word, names.first(), by_name()["one"].NAME, TEXT, f"{LATER['a']}", inner(),
                       Ordered(a=1)])  # the end

def unused():
    return deque([LEFT, kinds])
''',
    "_first/kinds/__init__.py": '''
from . import one, two
from .two import leave

ALL = {module.NAME: module for module in (one, two)}

def by_name() -> dict:
    return ALL

def unused():
    return leave
''',
    "_first/kinds/one.py": '''
from ..._second.helper import HELP
NAME = "one"
def through_a_variable():
    return HELP
''',
    "_first/kinds/two.py": "NAME = 'two'\ndef leave(): pass\n",
    "_second/names.py": '''
from dataclasses import dataclass, field

LATER = {"a": "later"}
NOBODYS = "nobody's"

@dataclass(frozen=True)
class First:
    """Words."""

    value: str = "first"

def first():
    made = _made() or f"{_told()}"
    ids = [id for id in (made.value,)]

    def values(number, *, last=""):
        value = ids[number]
        return [value + last if id else "" for _each in ids]

    try:
        raise ValueError(*values(0, last="!"))
    except ValueError as error:
        shown = str(error)
        return f"{shown}"[:-1] if id(error) else error

def _made(_told=None) -> First:
    return _checked(First())

def _checked(made):
    return made

def _told():
    return "nothing"
''',
    "_second/helper.py": "HELP, OTHER = 1, 2\nTHIRD = 3\n",
    "_second/nobodys.py": "SECRET = 1\n",
}


@pytest.fixture
def modules(tmp_path):
    for path, text in MODULES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def carried(modules) -> dict:
    return sources("_first.start", "main", root=modules)


def test_only_modules_that_are_needed(carried):
    assert sorted(carried) == [
        "_first/kinds/__init__.py", "_first/kinds/one.py", "_first/kinds/two.py", "_first/start.py",
        "_second/helper.py", "_second/names.py",
    ]


@pytest.mark.parametrize(("path", "there", "not_there"), [
    ("_first/start.py", ["TEXT", "import json", "OrderedDict as Ordered", "from __future__ import annotations"],
     ["UNUSED", "unused", "import os", "deque", "LEFT", "why", "The module's words", "What it does", "the end", "int"]),
    ("_first/kinds/__init__.py", ["ALL", "by_name"], ["leave", "unused"]),
    ("_first/kinds/one.py", ["through_a_variable", "HELP"], []),
    ("_second/names.py", ["@dataclass(frozen=True)", 'value: str = "first"', "def _a(made)", "def _told()", "number", "shown"],
     ["NOBODYS", "field", "Words", "made =", "_made", "_checked", "ids"]),
    ("_second/helper.py", ["HELP"], ["THIRD"]),
])
def test_only_what_is_needed_of_them(carried, path, there, not_there):
    text = carried[path]
    assert ([word for word in there if word not in text], [word for word in not_there if word in text]) == ([], [])


def test_it_does_what_it_did(carried, tmp_path):
    for path, text in carried.items():
        (tmp_path / "program" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "program" / path).write_text(text)
    command = "from program._first.start import main; print(main('word', 1))"
    done = subprocess.run([sys.executable, "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == (
        r'["word", "first", "one", "# no comment\n\n  \"no docstring\"\n", "later", null, {"a": 1}]' "\n")


def test_what_stands_in_the_place_of_a_module_needs_less(modules):
    instead = {"_first.kinds": "from . import two\ndef by_name():\n    return {'one': two}\n"}
    carried = sources("_first.start", "main", instead, modules)
    assert "_first/kinds/two.py" in carried and "_first/kinds/one.py" not in carried
    assert "return {'one': two}" in carried["_first/kinds/__init__.py"]
