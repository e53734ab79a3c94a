"""A content hash of the code that a job really reaches.

Snakemake sees changes of scripts by file time and those of imported modules not at all. Rules
carry this hash as a parameter instead: it follows the imports inside the package, and hashes the
parsed code, so that comments, descriptions, imports for type checkers alone, formatting and a fresh
checkout leave it as it was. Names of registered things ("package.module:attribute") are followed as
imports are. The versions of the packages from elsewhere that this code imports are part of it.
"""

import ast
import functools
import hashlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path

from nucleibench.experiment.versions import version_that_counts
from nucleibench.families.registry import GROUP

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent

NAMED = (".csv", ".css", ".html", ".js")
"""Suffixes of files that modules name as they lie beside them."""
REGISTERED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+):[A-Za-z_]\w*")


def fingerprint(script: str | Path, modules: Sequence[str], installed: bool) -> str:
    """Return the hash of a script and modules, and of all the code and packages they reach.

    Args:
        script: path of the script.
        modules: dotted names of what it imports by name, of this package or of one that brings a
            method family.
        installed: whether it will run in the environment of this process; otherwise the versions
            of packages are those of the lock file alone.
    """
    digest = hashlib.sha256()
    # By name and content, as folders lie elsewhere on another machine.
    for code in sorted(f"{file.name}:{_digest_code(file)};" for file in _reached(script, modules)):
        digest.update(code.encode())
    for module, version in reached_packages(script, modules, installed).items():
        digest.update(f"{module}=={version};".encode())
    return digest.hexdigest()[:16]


def reached_modules(script: str | Path, modules: Sequence[str] = ()) -> set[str]:
    """Return the dotted names of the modules of this package that a script reaches."""
    files = {file for file in _reached(script, modules) if file.is_relative_to(PACKAGE)}
    return {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}


def reached_packages(script: str | Path, modules: Sequence[str], installed: bool) -> dict[str, str]:
    """Return the modules from elsewhere that a script reaches, with their packages' versions."""
    files = _reached(script, modules)
    names = sorted({name for file in files for name in _foreign_modules(file)})
    versions = {name: version_that_counts(name, ROOT / "uv.lock", installed) for name in names}
    return {name: version for name, version in versions.items() if version}


def _reached(script: str | Path, modules: Sequence[str]) -> set[Path]:
    waiting = [Path(script).resolve()]
    waiting += [path for name in modules for path in _files_of(name) if path.is_file()]
    found: set[Path] = set()
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
    names = [*_imported_names(tree), *_registered_names(tree)]
    candidates = [path for name in names for path in _files_of(name)]
    candidates += _relative_files(tree, file)
    # A table or template that a module names lies beside it and is part of its code.
    candidates += [file.parent / name for name in _named_files(tree)]
    return frozenset(path for path in candidates if path.is_file())


@functools.cache
def _foreign_modules(file: Path) -> frozenset[str]:
    if file.suffix != ".py":
        return frozenset()
    names = {name.split(".")[0] for name in _imported_names(_parsed(file))}
    # Code that is read itself needs no version.
    return frozenset(names - {PACKAGE.name} - _family_packages().keys())


@functools.cache
def _parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a file without what only describes."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        _remove_texts(node)
        _remove_imports_for_types(node)
    return tree


def _registered_names(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of registered things."""
    for text in _texts(tree):
        if match := REGISTERED.fullmatch(text):
            yield match[1]


def _named_files(tree: ast.AST) -> Iterator[str]:
    return (text for text in _texts(tree) if text.endswith(NAMED) and "/" not in text)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # "from package.folder import module" reaches the module as well.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _relative_files(tree: ast.AST, file: Path) -> Iterator[Path]:
    """Yield the files that the relative imports of a file may read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = file.parents[node.level - 1]
            parts = node.module.split(".") if node.module else []
            yield folder / "__init__.py"
            for alias in node.names:
                yield from _files_in(folder, [*parts, alias.name])


def _files_of(name: str) -> Iterator[Path]:
    """Yield the files that importing a module by its dotted name may read."""
    top, *parts = name.split(".")
    if top == PACKAGE.name:
        yield from _files_in(PACKAGE, parts)
    elif place := _family_packages().get(top):
        yield from (place, place / "__init__.py")
        yield from _files_in(place, parts)


def _files_in(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    for depth in range(1, len(parts) + 1):
        path = folder.joinpath(*parts[:depth])
        yield path.with_suffix(".py")
        yield path / "__init__.py"


@functools.cache
def _family_packages() -> dict[str, Path]:
    """Return where installed packages lie that bring method families: a folder, or a file."""
    names = {point.module.split(".")[0] for point in entry_points(group=GROUP)}
    specs = {name: importlib.util.find_spec(name) for name in names - {PACKAGE.name}}
    return {name: _place_of(spec) for name, spec in specs.items() if spec}


def _place_of(spec: ModuleSpec) -> Path:
    folders = spec.submodule_search_locations
    return Path(next(iter(folders)) if folders else str(spec.origin))


@functools.cache
def _digest_code(file: Path) -> str:
    if file.suffix != ".py":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return hashlib.sha256(ast.dump(_parsed(file)).encode()).hexdigest()


def _remove_texts(node: ast.AST) -> None:
    """Remove docstrings, and those of attributes, which describe settings."""
    body = getattr(node, "body", None)
    if isinstance(body, list):
        node.body = [part for part in body if not _is_text(part)] or [ast.Pass()]  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _remove_imports_for_types(node: ast.AST) -> None:
    """Empty what stands under ``if TYPE_CHECKING:``, which never runs."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        node.body = [ast.Pass()]
