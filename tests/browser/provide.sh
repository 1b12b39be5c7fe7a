#!/bin/sh
# Sees to what the browser tests need beside Python packages: Chromium, a Korean font, and nginx.
# Usage: provide.sh PYTHON. Installs what it may, and says plainly what a person has to install.
set -eu
python=$1

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
own_chromium() {
    "$python" -c 'import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    sys.exit(not os.path.exists(p.chromium.executable_path))'
}
korean_font() { [ "$(uname)" = Darwin ] || { command -v fc-list && [ -n "$(fc-list :lang=ko)" ]; }; }
nginx() { command -v nginx || [ -x /usr/sbin/nginx ]; }

wanted=""
chromium >/dev/null || wanted="$wanted chromium"
korean_font >/dev/null || wanted="$wanted fontconfig fonts-noto-cjk"
nginx >/dev/null || wanted="$wanted nginx-light"

if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update
    # shellcheck disable=SC2086  # several package names on purpose
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted
fi

chromium >/dev/null || own_chromium || "$python" -m playwright install chromium

missing=""
korean_font >/dev/null || missing="$missing fonts-noto-cjk"
nginx >/dev/null || missing="$missing nginx-light"
if [ -n "$missing" ]; then
    echo "The browser tests need:$missing" >&2
    if [ "$(uname)" = Darwin ]; then
        echo "Install it with: brew install nginx" >&2
    else
        echo "Install it with: sudo apt-get install$missing" >&2
    fi
    exit 1
fi
