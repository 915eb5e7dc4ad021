#!/usr/bin/env bash
# Runs ansible-test on a copy of the checkout at the place it insists on (.../ansible_collections/xeni/aws; it resolves symlinks),
# with a home of its own, where the pip that it would download from outside the package index lies already.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD/.venv/ansible-test/$1/ansible_collections # one for each kind, as they run side by side
copy=$tree/xeni/aws
export HOME=$PWD/.venv/ansible-test/home

mkdir -p "$copy" "$tree/amazon" "$HOME/.ansible/test/cache"
ln -sfn "$(readlink -f .venv/collections/ansible_collections/amazon/aws)" "$tree/amazon/aws"
for version in 24_2 25_2; do
    cp tests/setup/get_pip.py "$HOME/.ansible/test/cache/get_pip_$version.py"
done

find "$copy" -mindepth 1 -maxdepth 1 -not -name tests -exec rm -rf {} +
find "$copy/tests" -mindepth 1 -maxdepth 1 -not -name output -exec rm -rf {} + 2>/dev/null || true # its caches
tar --create --exclude=./.git --exclude=./.venv --exclude=./demo-output --exclude=./tests/output --exclude='.*cache*' --exclude=.hypothesis . |
    tar --extract --directory="$copy"

git init --quiet "$copy" # else ansible-test asks the checkout's git, which ignores .venv

version=$(python -c 'import sys; print(*sys.version_info[:2], sep=".")')
if [ "$1" = integration ]; then # against a lab cloud of its own
    python -m lab.cloud --port 0 >"$HOME/cloud.url" &
    trap 'kill $!' EXIT
    until grep -q http "$HOME/cloud.url"; do kill -0 $! && sleep 0.1; done
    cat >"$copy/tests/integration/integration_config.yml" <<EOF
aws:
  endpoint_url: $(cat "$HOME/cloud.url")
  region: eu-west-1
  access_key: lab-access-key-not-secret
  secret_key: lab-secret-key-not-secret
EOF
fi

cd "$copy"
unset ANSIBLE_COLLECTIONS_PATH PYTHONPATH
export PYTHONDONTWRITEBYTECODE=1
case $1 in
    units) ansible-test units --color no --num-workers 2 --python "$version" ;;
    sanity) ansible-test sanity --color no --python "$version" --venv ;;
    integration) ansible-test integration --color no --python "$version" "${@:2}" ;;
esac
