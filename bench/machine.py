"""The machine that measured."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def describe_machine() -> dict[str, str]:
    """Return what the results say of the machine, by name."""
    return {
        "processor": _from("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "accelerator": "none used",
    }


def now() -> str:
    """Return date and time, to the minute."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def load() -> str:
    """Return the load averages over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _memory() -> str:
    found = _from("/proc/meminfo", "MemTotal")
    return f"{int(found.split()[0]) / 2**20:.0f} GB" if found else "unknown"


def _from(path: str, key: str) -> str | None:
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), None)
