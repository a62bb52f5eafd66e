#!/bin/sh
# Runs the browser stories against the built program; all of them, or the files that are named.
# Stories wait more than they compute, so that more of them run at once than there are cores. Each
# worker gets stories that stand beside each other, which share a server.
set -eu
cd "$(dirname "$0")"
exec ../.venv/bin/python -m pytest -q -n 4 --dist worksteal "$@"
