"""The features of a GeoJSON file one after another, however many there are."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

CHUNK = 1 << 20
"""Characters read at a time."""

IN_NUMBERS = "0123456789.eE+-"


class JsonStream:
    """JSON text that is read as it is needed."""

    def __init__(self, stream: TextIO) -> None:
        """Take an open text file."""
        self._stream, self._text, self._at = stream, "", 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is not white space, "" at the end."""
        while True:
            self._at = json.decoder.WHITESPACE.match(self._text, self._at).end()  # type: ignore[attr-defined]
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> str:
        """Read one of some characters; raise ValueError where there is another."""
        found = self.peek()
        if not found or found not in expected:
            raise ValueError(f"{found or 'the end'!r} where one of {expected!r} should be")
        self._at += 1
        return found

    def value(self) -> Any:
        """Read any value.

        Raises:
            ValueError: this is not JSON.
        """
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            # Of "1.5", cut after the point, "1" is a value: a number may go on.
            if self._text[end : end + 1] not in IN_NUMBERS or not self._more():
                self._at = end
                return value

    def items(self) -> Iterator[Any]:
        """Read an array, yielding its values."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        yield self.value()
        while self.take(",]") == ",":
            yield self.value()

    def keys(self) -> Iterator[str]:
        """Read an object, yielding its keys; the caller reads each value before the next key."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        yield self._key()
        while self.take(",}") == ",":
            yield self._key()

    def _key(self) -> str:
        key = self.value()
        self.take(":")
        return str(key)

    def _more(self) -> bool:
        """Read on, by twice as much the longer a value is; tell whether there was more."""
        rest = self._text[self._at :]
        more = self._stream.read(max(CHUNK, len(rest)))
        self._text, self._at = rest + more, 0
        return bool(more)


def read_features(stream: TextIO) -> Iterator[dict[str, Any]]:
    """Yield the features of a FeatureCollection, of an array, or the one that the file is.

    Raises:
        ValueError: it is none of these.
    """
    source = JsonStream(stream)
    if source.peek() == "[":
        yield from source.items()
        return
    members: dict[str, Any] = {}
    for key in source.keys():  # noqa: SIM118
        if key == "features":
            yield from source.items()
        members[key] = None if key == "features" else source.value()
    if members.get("type") == "Feature":
        yield members
    elif members.get("type") != "FeatureCollection":
        raise ValueError(f"its type is {members.get('type')!r}, not FeatureCollection or Feature")
