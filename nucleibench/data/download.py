"""Fetch dataset archives from their official hosts, whole and verified or not at all."""

import re
import tempfile
import textwrap
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import gdown
import requests
from gdown.exceptions import DownloadError

from nucleibench.data.settings import Archive
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.files import file_digest

ATTEMPTS = 3
"""How often a transfer that breaks off is tried."""

TIMEOUT_SECONDS = 60
"""How long a host may keep silent."""

LIMIT_SECONDS = 4 * 3600
"""How long one transfer may take; the largest archive of the paper is below 1 GB."""

PAGE = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
"""How a web page begins, which hosts send where they want a login or a confirmation."""

GOOGLE_DRIVE = "https://drive.google.com/uc?id="


def download_archive(archive: Archive, path: str | Path, dataset: str, part: str) -> None:
    """Fetch an archive, verify its checksum, and only then give it its name.

    An archive that is already there with the right checksum is left as it is.

    Args:
        archive: its settings. Without a checksum, a warning gives the one to write.
        path: where the archive goes.
        dataset: name of the dataset in the configuration, for messages.
        part: name of the part in the configuration, for messages.

    Raises:
        ConfigurationError: the settings name neither ``url`` nor ``google_drive``.
        DataError: the host cannot be reached or refuses, the transfer breaks off, or the
            checksum differs; the message says how to use a local archive instead.
    """
    address = _address(archive, dataset, part)
    checksum = next(iter(archive.checksums.items()), None)
    download_file(address, path, checksum, _advice(dataset, part, Path(path).name))


def download_file(
    address: str, path: str | Path, checksum: tuple[str, str] | None, advice: str
) -> None:
    """Fetch a file, verify its checksum, and only then give it its name.

    Args:
        address: http, https, or Google Drive.
        path: where the file goes; one that is there with the right checksum is left as it is.
        checksum: (algorithm, hexadecimal digits), or None to warn that nothing was verified.
        advice: what the user can do where the host cannot be reached.

    Raises:
        DataError: the host cannot be reached or refuses, the transfer breaks off, or the
            checksum differs.
    """
    path = Path(path)
    if checksum and path.is_file() and file_digest(path, checksum[0]) == checksum[1]:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fetch = _fetch_from_google_drive if GOOGLE_DRIVE in address else _fetch_from_web
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".download-") as folder:
        temporary = Path(folder) / path.name
        try:
            fetch(address, temporary)
        except (requests.RequestException, DownloadError) as error:
            raise DataError(f"{_reason(error, address)}\n{advice}") from error
        except OSError as error:
            raise DataError(f"{path} cannot be written: {error.strerror}") from error
        _refuse_page(temporary, address, advice)
        _verify(temporary, checksum, address, path)
        temporary.replace(path)


def _address(archive: Archive, dataset: str, part: str) -> str:
    if archive.url is not None:
        return archive.url
    if archive.google_drive is not None:
        return f"{GOOGLE_DRIVE}{archive.google_drive}"
    raise ConfigurationError(
        f"datasets.{dataset}.archives.{part} names nothing to download; give it a url "
        "(https://...), a google_drive id, or the path of a local archive"
    )


def _fetch_from_web(address: str, path: Path) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _transfer(address, path)
        except (requests.exceptions.ChunkedEncodingError, requests.HTTPError) as error:
            if attempt == ATTEMPTS or not _may_pass(error):
                raise


def _transfer(address: str, path: Path) -> None:
    """Write what an address sends; one that sends for too long is left."""
    end = time.monotonic() + LIMIT_SECONDS
    with requests.get(address, stream=True, timeout=TIMEOUT_SECONDS) as response:
        response.raise_for_status()
        with path.open("wb") as file:
            for piece in _pieces(response):
                file.write(piece)
                if time.monotonic() > end:
                    raise requests.Timeout(f"not done after {LIMIT_SECONDS} seconds")


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield what comes as it comes, so that a host that sends a byte a minute is noticed."""
    try:
        while piece := response.raw.read1(2**20, decode_content=True):
            yield piece
    # The errors of urllib3, which requests turns into its own where it reads itself.
    except requests.exceptions.BaseHTTPError as error:  # type: ignore[attr-defined]
        raise requests.exceptions.ChunkedEncodingError(error) from error


def _may_pass(error: requests.RequestException) -> bool:
    """Return whether another attempt may go well: the transfer broke off, or the host failed."""
    return error.response is None or error.response.status_code >= 500


def _fetch_from_google_drive(address: str, path: Path) -> None:
    gdown.download(
        address,
        str(path),
        quiet=True,
        use_cookies=False,
        timeout=TIMEOUT_SECONDS,
        retries=ATTEMPTS - 1,
    )


def _refuse_page(file: Path, address: str, advice: str) -> None:
    with file.open("rb") as stream:
        if PAGE.match(stream.read(1024)):
            raise DataError(
                f"{address} sent a web page and not a file: the host asks for a login or a "
                f"confirmation. Fetch the file with a browser\n{advice}"
            )


def _verify(file: Path, checksum: tuple[str, str] | None, address: str, path: Path) -> None:
    if checksum is None:
        warnings.warn(
            f"{path} is not verified, because the configuration gives no checksum of {address}; "
            f"to pin what came, write there: sha256: {file_digest(file)}",
            stacklevel=3,
        )
        return
    algorithm, expected = checksum
    if (found := file_digest(file, algorithm)) != expected:
        raise DataError(
            f"{path}: {address} sent a file whose {algorithm} is {found}, but {expected} was "
            "expected; nothing was kept. Try again; if it stays so, the file at the host has "
            "changed: find out why before you change the checksum in the configuration"
        )


def _reason(error: Exception, address: str) -> str:
    host = urlsplit(address).hostname
    first = error.__cause__ or error
    if isinstance(first, requests.ConnectionError | requests.Timeout):
        return f"{host} could not be reached to fetch {address}: {first}"
    if isinstance(error, requests.HTTPError):
        return f"{host} refused {address}: {error.response.status_code} {error.response.reason}"
    # gdown goes on to tell where it keeps a partial file, which is gone by now.
    return f"fetching {address} failed: {str(error).splitlines()[0]}"


def _advice(dataset: str, part: str, file: str) -> str:
    lines = f"""\
        datasets:
          {dataset}:
            archives:
              {part}:
                path: /where/you/keep/{file}"""
    return (
        "To use a copy of the archive that you have, or its unpacked folder, write in the "
        f"configuration\n\n{textwrap.dedent(lines)}\n"
    )
