#!/usr/bin/env bash
# Makes .venv: the Python environment of the tests, the lab and the demo, and the tree in which Ansible finds this checkout as xeni.aws.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}

fail() {
    printf 'xeni.aws: %s\n' "$*" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "$python is not installed: install Python 3.11 or newer, or name one with 'make PYTHON=/path/to/python3'"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old: install Python 3.11 or newer, or name one with 'make PYTHON=/path/to/python3'"

if ! "$python" -c 'import ensurepip' 2>/dev/null; then # Debian keeps it in a package of its own
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "xeni.aws: installing python3-venv, which this Python needs for .venv"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    else
        fail "this Python cannot make virtual environments: run 'sudo apt-get install python3-venv' and try again"
    fi
fi

echo "xeni.aws: setting up .venv (once; about two minutes)"
"$python" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt

site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
tree=.venv/collections/ansible_collections
mkdir -p "$tree/xeni" "$tree/amazon"
ln -sfn ../../../.. "$tree/xeni/aws"
ln -sfn "$site/ansible_collections/amazon/aws" "$tree/amazon/aws"
