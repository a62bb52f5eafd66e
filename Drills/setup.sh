#!/bin/sh
# Installs what the drills need: PostgreSQL, HAProxy, nginx, PgBouncer, Kannel and Postfix from Debian,
# and the packages of requirements.txt into .venv at the repository's root. Starts none of them as a
# service. Does nothing, quickly, when all is there.
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
has bearerbox || missing="$missing kannel"
# With the phones that Kannel's own tests use.
[ -x /usr/lib/kannel/test/fakesmsc ] || missing="$missing kannel-extras"
[ -x /usr/lib/postfix/sbin/master ] || missing="$missing postfix"
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
  # Nothing is removed for it: whoever has another mail server keeps it.
  if ! { $as_root apt-get -q update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 \
      install -y --no-install-recommends --no-remove "$@"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    give_up "missing: $*. Debian's packages could not be installed (the reason is above);" \
      "run as root: apt-get install $*"
  fi
  rm -f "$log"
}

# shellcheck disable=SC2086  # a list of names
[ -z "$missing" ] || install_from_debian $missing

# The runner's versions are those of the browser tests, which share .venv.
wanted="$(grep -E '^pytest(-timeout|-xdist)?=' BrowserTests/requirements.txt)
$(grep -E '^[a-z]' Drills/requirements.txt)"

are_there() {
  # shellcheck disable=SC2086  # a list of names
  .venv/bin/python - $wanted 2>/dev/null <<'END'
import sys
from importlib.metadata import version

for pin in sys.argv[1:]:
    name, wanted = pin.split("==")
    assert version(name) == wanted, pin
END
}

if ! are_there; then
  [ -x .venv/bin/python ] || python3 -m venv .venv ||
    give_up "python3 could not make .venv; its reason is above."
  say "installing pytest and what the drills speak with (a few seconds) …"
  # shellcheck disable=SC2086
  .venv/bin/python -m pip install --quiet --disable-pip-version-check $wanted ||
    give_up "missing: $(echo $wanted). pip's reason is above; without a network they must be in" \
      ".venv already."
fi

say "everything is there."
