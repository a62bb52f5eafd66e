#!/bin/sh
# Runs the drills against the built program; all of them, or the files that are named. Files run
# beside each other: they wait for time-outs and leases more than they compute.
set -eu
cd "$(dirname "$0")"
exec ../.venv/bin/python -m pytest -q -n 3 --dist loadfile "$@"
