"""Damage to files: of bytes, of words and numbers, and of checksums that would hide it."""

import re
import zlib
from collections.abc import Callable

import numpy as np

ODD_WORDS = (
    *(b"", b"-1", b"0", b"1e308", b"-1e308", b"1e999", b"nan", b"Infinity", b"9" * 30, b"0.5"),
    *(b"null", b"true", b"[]", b"{}", b'""', b'"x"', b"[[]]", b"[" * 5000, b"\xff\xfe", b"\0"),
    *(b"4294967295", b"2147483648", b"65536", b"\xed\xa0\x80", b"<a>", b"&x;", b"*x", b"!!x", b"%"),
)
ODD_NUMBERS = (0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1)
WORD = re.compile(rb'"[^"]*"|-?\d+(?:\.\d+)?|\w+|[^\w\s]')
LARGEST = 200_000
"""Bytes of a mutated file: what is repeated over and over only takes time."""

Generator = np.random.Generator
Mutation = Callable[[bytes, Generator], bytes]


def _place(content: bytes, generator: Generator, longest: int = 64) -> slice:
    start = int(generator.integers(len(content) + 1))
    return slice(start, min(len(content), start + int(generator.integers(1, longest + 1))))


def _replace(content: bytes, place: slice, by: bytes) -> bytes:
    return content[: place.start] + by + content[place.stop :]


def flip_bit(content: bytes, generator: Generator) -> bytes:
    place = _place(content, generator, 1)
    return _replace(content, place, bytes(v ^ 1 << generator.integers(8) for v in content[place]))


def cut_end(content: bytes, generator: Generator) -> bytes:
    return content[: generator.integers(len(content) + 1)]


def cut_out(content: bytes, generator: Generator) -> bytes:
    return _replace(content, _place(content, generator), b"")


def insert_bytes(content: bytes, generator: Generator) -> bytes:
    place = slice(*[_place(content, generator).start] * 2)
    return _replace(content, place, generator.bytes(int(generator.integers(1, 9))))


def repeat(content: bytes, generator: Generator) -> bytes:
    place = _place(content, generator, 1000)
    return _replace(content, place, content[place] * int(generator.integers(2, 20)))


def put_number(content: bytes, generator: Generator) -> bytes:
    """Write a number at the edge of a type, in either order of bytes."""
    size = int(generator.choice([1, 2, 4, 8]))
    number = int(generator.choice(ODD_NUMBERS)) % 256**size
    start = _place(content, generator).start
    order = "little" if generator.random() < 0.5 else "big"
    return _replace(content, slice(start, start + size), number.to_bytes(size, order))


def _words(content: bytes) -> list[re.Match[bytes]]:
    return list(WORD.finditer(content))


def change_word(content: bytes, generator: Generator) -> bytes:
    words = _words(content)
    if not words:
        return content
    word = words[generator.integers(len(words))]
    odd = ODD_WORDS[generator.integers(len(ODD_WORDS))]
    quoted = word[0].startswith(b'"') and generator.random() < 0.5
    return _replace(content, slice(*word.span()), b'"' + odd + b'"' if quoted else odd)


def swap_words(content: bytes, generator: Generator) -> bytes:
    words = _words(content)
    if len(words) < 2:
        return content
    first, second = sorted(generator.choice(len(words), 2, replace=False))
    one, other = words[first], words[second]
    middle = content[one.end() : other.start()]
    return content[: one.start()] + other[0] + middle + one[0] + content[other.end() :]


def swap_lines(content: bytes, generator: Generator) -> bytes:
    lines = content.split(b"\n")
    first, second = generator.integers(len(lines), size=2)
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (
    *(flip_bit, cut_end, cut_out, insert_bytes, repeat, put_number),
    *(change_word, change_word, swap_words, swap_words, swap_lines),
)


def mend_png(content: bytes) -> bytes:
    """Make the sums of a PNG right again, or all damage would end there."""
    out, at = content[:8], 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        body = content[at + 4 : end]
        out += content[at : at + 4] + body + zlib.crc32(body).to_bytes(4, "big")
        at = end + 4
    return out


def mutate(content: bytes, generator: Generator) -> bytes:
    """Return ``content`` with one to five damages."""
    for _ in range(int(generator.integers(1, 6))):
        content = MUTATIONS[generator.integers(len(MUTATIONS))](content, generator)[:LARGEST]
    if content.startswith(b"\x89PNG\r\n\x1a\n") and generator.random() < 0.8:
        return mend_png(content)
    return content
