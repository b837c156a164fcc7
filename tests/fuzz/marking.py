"""Instrumenting: modules compiled with a mark in every branch, so that the search sees where an input has been.

Marks are set in the syntax tree, which is the same on every Python and costs one byte written a branch: a reader runs
nearly as fast as unmarked. (atheris does this to bytecode, but has no wheel for ARM Linux and Python 3.14.)
"""

from __future__ import annotations

import ast
import importlib.util
import operator
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

# The name of the marks in every marked module.
_NAME, _CALL, _COMPARED = "__marks__", "__mark__", "__compared__"
MOST_MARKS = 1 << 16
_LONGEST_WORD = 32
_BLOCKS = (
    ast.FunctionDef, ast.For, ast.While, ast.With, ast.Try, ast.ExceptHandler, ast.match_case,
)  # fmt: skip
_COMPARING: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_WAYS = tuple(_COMPARING.values())
# What an input has, and what the reader wanted in its place.
Pair = tuple[bytes, bytes]
_MOST_PAIRS = 80


class Marks:
    """The branches of all marked modules: which were entered since the last `clear`, and what was compared there.

    ``words`` are the constants of the modules.
    """

    def __init__(self) -> None:
        self.seen = bytearray(MOST_MARKS)
        self.count = 0
        self.modules: dict[str, range] = {}
        self.words: dict[str, tuple[bytes, ...]] = {}
        self._compared: dict[int, tuple[Any, Any]] = {}

    def clear(self) -> None:
        """Nothing entered."""
        self.seen[: self.count] = bytes(self.count)
        self._compared.clear()

    def entered(self) -> int:
        """The entered branches, as the bits of one number (eight a branch)."""
        return int.from_bytes(self.seen[: self.count], "little")

    def compile(self, name: str, source: bytes, path: str) -> CodeType:
        """The module ``name`` with marks."""
        first = self.count
        marker = _Marker(self)
        tree = marker.visit(ast.parse(source, path))
        self.modules[name] = range(first, self.count)
        self.words[name] = tuple(sorted(marker.words))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)

    def give(self, module: ModuleType) -> None:
        """What the marked code of ``module`` writes to."""
        setattr(module, _NAME, self.seen)
        setattr(module, _CALL, self.seen.__setitem__)
        setattr(module, _COMPARED, self.compared)

    def compared(self, at: int, how: int, one: Any, other: Any) -> Any:
        """A comparison, done; what was unequal is remembered, the last at each place."""
        kind = type(one)
        if kind is type(other) and kind in (int, str, bytes) and one != other:
            self._compared[at] = (one, other)
        return _WAYS[how](one, other)

    def pairs(self) -> list[Pair]:
        """What was unequal as bytes: each side may be what stands in the input, the other is what to put there."""
        found: list[Pair] = []
        for pair in self._compared.values():
            for have, want in (pair, pair[::-1]):
                found.extend(_as_bytes(have, want))
        return found if len(found) <= _MOST_PAIRS else found[:: len(found) // _MOST_PAIRS + 1]

    def next(self) -> int:
        """The number of one more branch."""
        if self.count == MOST_MARKS:
            raise ValueError("more branches than marks")
        self.count += 1
        return self.count - 1

    def words_entered(self) -> list[bytes]:
        """Constants of the modules in which something was entered: keys, column names, magic numbers."""
        found: set[bytes] = set()
        for name, numbers in self.modules.items():
            if any(self.seen[numbers.start : numbers.stop]):
                found.update(self.words[name])
        return sorted(found)


def _as_bytes(have: Any, want: Any) -> Iterator[Pair]:
    if isinstance(have, int):
        for near in (want, want - 1, want + 1):
            yield str(have).encode(), str(near).encode()
            for size in (1, 2, 4):
                if 0 <= have < 1 << 8 * size and 0 <= near < 1 << 8 * size and (size == 1 or have > 255):
                    yield have.to_bytes(size, "little"), near.to_bytes(size, "little")
        return
    texts = [each.encode("utf-8", "replace") if isinstance(each, str) else each for each in (have, want)]
    if 0 < len(texts[0]) <= 2 * _LONGEST_WORD and len(texts[1]) <= 2 * _LONGEST_WORD:
        yield texts[0], texts[1]


class _Marker(ast.NodeTransformer):
    """Sets a mark where a branch begins: blocks of statements, and the later parts of `and`, `or`, `if else`."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self.words: set[bytes] = set()

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        at = ast.Subscript(ast.Name(_NAME, ast.Load()), ast.Constant(self._marks.next()), ctx=ast.Store())
        return [ast.Assign([at], ast.Constant(1)), *body]

    def _said(self) -> ast.Call:
        number = ast.Constant(self._marks.next())
        return ast.Call(ast.Name(_CALL, ast.Load()), [number, ast.Constant(1)], [])

    def _marked(self, value: ast.expr) -> ast.expr:
        return ast.BoolOp(ast.Or(), [self._said(), value])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, _BLOCKS):
            node.body = self._block(node.body)
        elif isinstance(node, ast.If):
            node.body = self._block(node.body)
            if not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
                node.orelse = self._block(node.orelse)
        elif isinstance(node, ast.IfExp):
            node.body, node.orelse = self._marked(node.body), self._marked(node.orelse)
        elif isinstance(node, ast.BoolOp):
            node.values = [node.values[0], *map(self._marked, node.values[1:])]
        elif isinstance(node, ast.comprehension):
            node.ifs = [*node.ifs, ast.UnaryOp(ast.Not(), self._said())] if node.ifs else []
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARING:
            how = list(_COMPARING).index(type(node.ops[0]))
            numbers: list[ast.expr] = [ast.Constant(self._marks.next()), ast.Constant(how)]
            return ast.Call(ast.Name(_COMPARED, ast.Load()), [*numbers, node.left, *node.comparators], [])
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, str | bytes) and 1 < len(value) <= _LONGEST_WORD:
            self.words.add(value.encode() if isinstance(value, str) else value)
        elif isinstance(value, int) and not isinstance(value, bool):
            self.words.add(str(value).encode())
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node


class _Loader(SourceFileLoader):
    marks: Marks

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.marks.compile(fullname, self.get_data(path), path)

    def exec_module(self, module: ModuleType) -> None:
        self.marks.give(module)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, marks: Marks, packages: tuple[str, ...]) -> None:
        self._marks = marks
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not any(fullname == each or fullname.startswith(f"{each}.") for each in self._packages):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        return _with_marks(spec, self._marks) if spec else None


def _with_marks(spec: ModuleSpec, marks: Marks) -> ModuleSpec:
    if isinstance(spec.loader, SourceFileLoader):
        loader = _Loader(spec.loader.name, str(spec.loader.path))
        loader.marks = marks
        spec.loader = loader
    return spec


def mark_imports(*packages: str) -> Marks:
    """From now on every module of ``packages`` is imported with marks; none may have been imported before."""
    early = [
        name for name in sys.modules if name in packages or name.startswith(tuple(f"{p}." for p in packages))
    ]
    if early:
        raise ImportError(f"imported before they could be marked: {', '.join(early)}")
    marks = Marks()
    sys.meta_path.insert(0, _Finder(marks, packages))
    return marks


def marked_copy(name: str) -> tuple[Any, Marks]:
    """A marked copy of one module, beside whatever is imported under that name."""
    marks = Marks()
    spec = importlib.util.find_spec(name)
    assert spec is not None
    module = importlib.util.module_from_spec(_with_marks(spec, marks))
    assert spec.loader is not None
    spec.loader.exec_module(module)
    return module, marks
