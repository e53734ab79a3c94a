# The environment of the lock file. The checkout itself is mounted, so that code and results stay
# outside:
#     docker build -t nucleibench .                                   # processors only
#     docker build -t nucleibench --build-arg EXTRAS="--extra gpu" .  # with NVIDIA's libraries
#     docker run --rm --user "$(id -u)" -v "$PWD":/work nucleibench snakemake --cores all
# The base may be any with Python 3.11 to 3.13 and its module venv.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

ARG EXTRAS=""
ENV UV_PROJECT_ENVIRONMENT=/opt/nucleibench \
    HOME=/tmp \
    PATH=/opt/nucleibench/bin:$PATH

COPY pyproject.toml uv.lock /opt/lock/
# uv has an environment of its own: Debian's Python lets pip install nowhere else.
RUN python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir uv \
    && cd /opt/lock \
    && /opt/uv/bin/uv sync --frozen --no-dev --no-install-project --no-cache --compile-bytecode --extra train --extra workflow --extra staintools --group staintools $EXTRAS

WORKDIR /work
