#!/bin/sh
# Installs what the browser tests need: Chromium and Python's venv from Debian, and the packages of
# requirements.txt into .venv at the repository's root. Does nothing, quickly, when all is there.
#
#   BELEPO_BROWSER   another Chromium to use; default: Chromium's headless shell, which has no window to
#                    draw and takes three quarters of the time, else /usr/bin/chromium
set -eu
cd "$(dirname "$0")/.."

shell=/usr/bin/chromium-headless-shell
whole=/usr/bin/chromium
browser="${BELEPO_BROWSER:-$shell}"
requirements=BrowserTests/requirements.txt
mark=.venv/browser-tests-are-set-up

say() { echo "browser tests: $*"; }
give_up() { echo "browser tests: $*" >&2; exit 69; }

# The pair that was tried out: this list of packages, with this build of the browser.
pair() {
  sha256sum <"$requirements"
  stat -L -c '%n %s %Y' "$browser" "$(dirname "$browser")/../lib/chromium/${browser##*/}" 2>&1 || true
}

# The shell could not be installed before.
if [ "$browser" = "$shell" ] && [ ! -x "$shell" ] &&
  [ "$(browser=$whole pair)" = "$(cat "$mark" 2>/dev/null)" ]; then
  browser=$whole
fi
if [ -x .venv/bin/python ] && [ -x "$browser" ] && [ "$(pair)" = "$(cat "$mark" 2>/dev/null)" ]; then
  say "everything is there."
  exit 0
fi

if [ ! -x "$browser" ] && [ "$browser" = "$shell" ]; then
  scripts/install-from-debian "browser tests" "${shell##*/}" fonts-dejavu-core || browser=$whole
fi
missing=
[ -x "$browser" ] || missing="chromium fonts-dejavu-core"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
# shellcheck disable=SC2086  # a list of names
[ -z "$missing" ] || scripts/install-from-debian "browser tests" $missing
[ -x "$browser" ] || give_up "missing: the browser $browser."

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "making .venv …"
  python3 -m venv --clear .venv || give_up "python3 could not make .venv; its reason is above."
fi

say "installing the Python packages of $requirements (about ten seconds) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
  give_up "missing: Python packages of $requirements. pip's reason is above; without a network they" \
    "must be in .venv already."

say "trying the browser out …"
BELEPO_BROWSER="$browser" .venv/bin/python BrowserTests/browsing.py ||
  give_up "Playwright and $browser do not work together; the reason is above."

pair >"$mark"
say "ready."
