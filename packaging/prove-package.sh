#!/bin/bash
# SPDX-License-Identifier: MIT
#
# packaging/prove-package.sh [--keep] [FOLDER]
#
# Proves the package that packaging/build.sh made: installs it in a minimal Debian 12 root in FOLDER (default: a new one
# below TMPDIR), looks at what it put where with which rights, starts the relay as an ordinary user with the service's own
# command line, asks /healthz and the home page, makes a show, stops it, and purges the package. Needs root, mmdebstrap and
# the network. The root has no systemd: the unit's text is checked here, by systemd-analyze.
set -euo pipefail
. "$(dirname "$0")/../scripts/steps.sh"
. "$root/scripts/fresh-root.sh"

keep=0
base=
for arg in "$@"; do
    case $arg in
    --keep) keep=1 ;;
    -*) die "unknown: $arg" ;;
    *) base=$arg ;;
    esac
done
shopt -s nullglob
packages=("$root"/build/package/tabcast_*.deb)
[ ${#packages[@]} -eq 1 ] || die "packaging/build.sh comes first"
set_fresh_root "$base"
relay_pid=

cleanup() {
    [ -z "$relay_pid" ] || kill -TERM "$relay_pid" 2> /dev/null || true
    [ $keep -eq 1 ] || rm -rf --one-file-system "$fresh"
}
trap cleanup EXIT

make_root() {
    make_bare_root && mkdir -p "$fresh/srv/tabcast" && cp "${packages[0]}" "$fresh/srv/tabcast/"
}

install_package() {
    in_root sh -euc 'export DEBIAN_FRONTEND=noninteractive
        apt-get update
        apt-get install -y --no-install-recommends ./tabcast_*.deb'
}

# Nothing that anybody but root may change, nothing that runs as somebody else, and no path that is not the package's.
check_files() {
    in_root sh -euc '
        dpkg --verify tabcast
        dpkg -L tabcast | while read -r path; do
            [ -e "$path" ] || { echo "missing: $path"; exit 1; }
            [ "$(stat -c %U:%G "$path")" = root:root ] || { echo "not root'"'"'s: $path"; exit 1; }
            case $(stat -c %a:%F "$path") in
            755:directory | 755:regular\ file | 644:regular\ file) ;;
            *) stat -c "%a %F %n" "$path"; exit 1 ;;
            esac
        done
        stat -c "%a %U:%G %s %n" $(dpkg -L tabcast | grep -v "^/\(\.\|etc\|usr\|usr/bin\|usr/share\|usr/share/doc\|usr/lib\)$")
        ldd /usr/bin/tabcast
        tabcast --version
        echo "$(dpkg-query -f "\${Package}\n" -W | wc -l) packages in all"'
}

check_unit() {
    local unit=$base/tabcast.service
    # The binary stands where this machine can see it.
    sed "s|^ExecStart=/usr/bin/tabcast|ExecStart=$fresh/usr/bin/tabcast|" "$fresh/usr/lib/systemd/system/tabcast.service" > "$unit"
    systemd-analyze verify "$unit" && systemd-analyze security --offline=true "$unit" | tail -n 1
}

serve_and_ask() {
    local log=$base/serve.log url= arguments
    # The unit's own command line; the port is any free one.
    arguments=$(sed -n 's|^ExecStart=/usr/bin/tabcast ||p' "$fresh/usr/lib/systemd/system/tabcast.service")
    set_command sh -euc "install -d -o nobody -g nogroup -m 700 /var/lib/tabcast
        umask 077
        exec setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs /usr/bin/tabcast $arguments --listen 127.0.0.1:0"
    "${command[@]}" > "$log" 2>&1 &
    relay_pid=$!
    for _ in $(seq 1 120); do
        url=$(sed -nE 's|.*listening on (http://[^ ]+).*|\1|p' "$log" | head -n 1)
        [ -n "$url" ] && break
        kill -0 "$relay_pid" 2> /dev/null || break
        sleep 0.25
    done
    [ -n "$url" ] || { cat "$log" >&2; die "the relay does not come up"; }
    url=${url%/}
    # The network is shared with the root, which itself stays without curl.
    curl -fsS -w ' <- /healthz %{http_code}\n' "$url/healthz"
    curl -fsS -o /dev/null -w '%{content_type}, %{size_download} bytes <- / %{http_code}\n' "$url/"
    curl -fsS -o /dev/null -w '%{http_code} <- POST /api/v1/shows\n' -H 'content-type: application/json' -d '{"title":"From the package"}' "$url/api/v1/shows"
    (cd "$fresh/var/lib/tabcast" && stat -c '%a %u:%g %n' . ./*)
    # unshare passes no signal on: its child, which is the relay, is asked itself.
    kill -TERM "$(pgrep -P "$relay_pid")"
    wait "$relay_pid" || die "the relay ended with $? on SIGTERM"
    relay_pid=
    echo "stopped cleanly"
}

purge_package() {
    in_root sh -euc 'DEBIAN_FRONTEND=noninteractive apt-get purge -y tabcast
        ! test -e /usr/bin/tabcast && ! test -e /etc/tabcast.conf
        test -e /var/lib/tabcast/tabcast.db && echo "the data folder is still there"'
}

prove() {
    step "$@"
    last_lines "$logs/$1.log"
}
step package-root "a fresh Debian 12 root in $fresh" make_root
step package-install "the package is installed" install_package
prove package-files "its files" check_files
prove package-unit "its service" check_unit
serve_and_ask
step package-purge "the package is purged" purge_package
say "the package is fine"
