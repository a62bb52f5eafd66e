#!/bin/sh
# Installs what the drills need: PostgreSQL, HAProxy, nginx and PgBouncer from Debian, and pytest into
# .venv at the repository's root. Starts none of them as a service. Does nothing, quickly, when all is
# there.
set -eu
cd "$(dirname "$0")/.."

say() { echo "drills: $*"; }
give_up() { echo "drills: $*" >&2; exit 69; }

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

missing=
for bin in /usr/lib/postgresql/*/bin/initdb; do [ -x "$bin" ] || missing="$missing postgresql"; done
for name in haproxy nginx pgbouncer; do
  has "$name" || missing="$missing $name"
done
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

# Debian's packages start their services at once, unless this file forbids it.
policy=/usr/sbin/policy-rc.d
forbids=
allow_starts() { [ -z "$forbids" ] || $as_root rm -f "$policy"; }

install_from_debian() {
  if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
  command -v apt-get >/dev/null ||
    give_up "missing: $*. There is no apt-get here; install them by hand, then run this again."
  log="$(mktemp)"
  say "installing $* from Debian …"
  trap allow_starts EXIT INT TERM
  if [ ! -e "$policy" ]; then
    if printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null 2>>"$log" &&
      $as_root chmod 755 "$policy" 2>>"$log"; then
      forbids=yes
    else
      cat "$log" >&2
      rm -f "$log"
      give_up "missing: $*. They can only be installed by root: apt-get install $*"
    fi
  fi
  if ! { $as_root apt-get -q update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 \
      install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    give_up "missing: $*. Debian's packages could not be installed (the reason is above);" \
      "run as root: apt-get install $*"
  fi
  rm -f "$log"
}

# shellcheck disable=SC2086  # a list of names
[ -z "$missing" ] || install_from_debian $missing

if ! .venv/bin/python -c 'import pytest, pytest_timeout, xdist' 2>/dev/null; then
  [ -x .venv/bin/python ] || python3 -m venv .venv ||
    give_up "python3 could not make .venv; its reason is above."
  say "installing pytest (a few seconds) …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    $(grep -E '^pytest(-timeout|-xdist)?=' BrowserTests/requirements.txt) ||
    give_up "missing: pytest. pip's reason is above; without a network it must be in .venv already."
fi

say "everything is there."
