#!/bin/sh
# Runs the browser stories against the built program; all of them, or the files that are named.
set -eu
cd "$(dirname "$0")"
exec ../.venv/bin/python -m pytest -q "$@"
