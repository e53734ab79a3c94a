"""A content hash of the code that a script really reaches.

Snakemake sees changes of scripts by file time and those of imported modules not at all. Rules
carry this hash as a parameter instead: it follows the imports inside the package, and hashes the
parsed code, so that comments, formatting and a fresh checkout leave it as it was. The versions of
the packages from elsewhere that this code imports are part of it.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from nucleibench.versions import version_that_counts

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def fingerprint(script: str | Path, installed: bool) -> str:
    """Return the hash of a script, of all modules of this package and of the packages it reaches.

    Args:
        script: path of the script.
        installed: whether it will run in the environment of this process; otherwise the versions
            of packages are those of the lock file alone.
    """
    digest = hashlib.sha256()
    for file in sorted(_reached(Path(script).resolve())):
        digest.update(f"{file.name}:{_digest_code(file)};".encode())
    for module, version in reached_packages(script, installed).items():
        digest.update(f"{module}=={version};".encode())
    return digest.hexdigest()[:16]


def reached_modules(script: str | Path) -> set[str]:
    """Return the dotted names of the modules of this package that a script reaches."""
    files = _reached(Path(script).resolve()) - {Path(script).resolve()}
    return {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}


def reached_packages(script: str | Path, installed: bool) -> dict[str, str]:
    """Return the modules from elsewhere that a script reaches, with their packages' versions."""
    files = _reached(Path(script).resolve())
    names = sorted({name for file in files for name in _foreign_modules(file)})
    versions = {name: version_that_counts(name, ROOT / "uv.lock", installed) for name in names}
    return {name: version for name, version in versions.items() if version}


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
    tree = _parsed(file)
    candidates = [path for name in _imported_names(tree) for path in _files_of(name)]
    # A table that a module names lies beside it and is part of its code.
    candidates += [file.parent / name for name in _named_tables(tree)]
    return frozenset(path for path in candidates if path.is_file())


@functools.cache
def _foreign_modules(file: Path) -> frozenset[str]:
    if file.suffix != ".py":
        return frozenset()
    names = {name.split(".")[0] for name in _imported_names(_parsed(file))}
    return frozenset(names - {PACKAGE.name})


@functools.cache
def _parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a file without its docstrings."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        _remove_docstring(node)
    return tree


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
    return hashlib.sha256(ast.dump(_parsed(file)).encode()).hexdigest()


def _remove_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        value = body[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            body[0] = ast.Pass()
