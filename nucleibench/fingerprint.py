"""A content hash of the code that a script really reaches.

Snakemake sees changes of scripts by file time and those of imported modules not at all. Rules
carry this hash as a parameter instead: it follows the imports inside the package, and hashes the
parsed code, so that comments, formatting and a fresh checkout leave it as it was.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def fingerprint(script: str | Path) -> str:
    """Return the hash of a script and of all modules of this package that it reaches."""
    files = sorted(_reached(Path(script).resolve()))
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}:{_digest_code(file)};".encode())
    return digest.hexdigest()[:16]


def reached_modules(script: str | Path) -> set[str]:
    """Return the dotted names of the modules of this package that a script reaches."""
    files = _reached(Path(script).resolve()) - {Path(script).resolve()}
    return {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}


def _reached(start: Path) -> set[Path]:
    found, waiting = set(), [start]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(_imported_files(file))
    return found


@functools.cache
def _imported_files(file: Path) -> frozenset[Path]:
    if file.suffix != ".py":
        return frozenset()
    tree = ast.parse(file.read_text())
    candidates = [path for name in _imported_names(tree) for path in _files_of(name)]
    # A table that a module names lies beside it and is part of its code.
    candidates += [file.parent / name for name in _named_tables(tree)]
    return frozenset(path for path in candidates if path.is_file())


def _named_tables(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and value.endswith(".csv") and "/" not in value:
            yield value


def _imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # "from package.folder import module" reaches the module as well.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_of(name: str) -> Iterator[Path]:
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return
    for depth in range(2, len(parts) + 1):
        path = ROOT.joinpath(*parts[:depth])
        yield path.with_suffix(".py")
        yield path / "__init__.py"


@functools.cache
def _digest_code(file: Path) -> str:
    if file.suffix != ".py":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        _remove_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _remove_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        value = body[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            body[0] = ast.Pass()
