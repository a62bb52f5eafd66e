#!/bin/sh
# Installs what the drills need: PostgreSQL, HAProxy, nginx, PgBouncer, Kannel, Postfix and Prometheus
# from Debian, and the packages of requirements.txt into .venv at the repository's root. Starts none of
# them as a service. Does nothing, quickly, when all is there.
#
#   Drills/setup.sh failover     Patroni and etcd, too
#   Drills/setup.sh attack       slowhttptest, sqlmap and wapiti, too
#   Drills/setup.sh units        debootstrap and systemd-nspawn, too
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
has promtool || missing="$missing prometheus"
has systemd-analyze || missing="$missing systemd"
has man || missing="$missing man-db"
if [ "${1:-}" = failover ]; then
  has patroni || missing="$missing patroni"
  has etcd || missing="$missing etcd-server"
fi
if [ "${1:-}" = attack ]; then
  for name in slowhttptest sqlmap wapiti; do
    has "$name" || missing="$missing $name"
  done
fi
if [ "${1:-}" = units ]; then
  has debootstrap || missing="$missing debootstrap"
  has systemd-nspawn || missing="$missing systemd-container"
fi
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

# shellcheck disable=SC2086  # a list of names
[ -z "$missing" ] || scripts/install-from-debian drills $missing

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
