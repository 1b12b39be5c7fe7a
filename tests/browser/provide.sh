#!/bin/sh
# Sees to what the browser tests need beside Python packages: Chromium, a Korean font, and nginx.
# Usage: provide.sh PYTHON. Installs what it may, and says plainly what a person has to install.
#
# No function here bears a program's name: `command -v` would find the function, and nothing would ever be installed.
set -eu
python=$1
here=$(dirname "$0")

have() { command -v "$1" >/dev/null 2>&1; }
# What drives the browser is a program of its own (Playwright's node), and wants a library that a bare Debian has not.
have_driver() { "$python" -m playwright --version >/dev/null 2>&1; }
have_browser() { "$python" "$here/chromium.py" >/dev/null 2>&1; }
have_korean_font() { [ "$(uname)" = Darwin ] || { have fc-list && [ -n "$(fc-list :lang=ko)" ]; }; }
have_nginx() { have nginx || [ -x "${SBIN:-/usr/sbin}/nginx" ]; }
may_install() { [ "$(id -u)" = 0 ] && have apt-get; }

lacking() {
    have_driver || printf ' libatomic1'
    have_browser || printf ' chromium-headless-shell'
    have_korean_font || printf ' fontconfig fonts-noto-cjk'
    have_nginx || printf ' nginx-light'
}

missing=$(lacking)
if [ -n "$missing" ] && may_install; then
    apt-get update
    # Each for itself: where one is unknown (Ubuntu has no Chromium but a snap), the others still come.
    for package in $missing; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" || echo "apt-get has no $package" >&2
    done
    missing=$(lacking)
fi

# Playwright's own browser where the system has none; the libraries that it needs come with it only for root.
case $missing in *chromium*)
    may_install && libraries=--with-deps || libraries=
    # shellcheck disable=SC2086  # an option or none
    "$python" -m playwright install $libraries chromium || true
    missing=$(lacking)
esac

[ -n "$missing" ] || exit 0
echo "The browser tests need:$missing" >&2
have_browser || "$python" "$here/chromium.py" >/dev/null || true  # what it says of itself
if [ "$(uname)" = Darwin ]; then
    echo "Install it with: brew install nginx; $python -m playwright install chromium" >&2
else
    echo "Install it with: sudo apt-get install$missing" >&2
fi
exit 1
