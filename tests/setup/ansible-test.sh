#!/usr/bin/env bash
# Runs ansible-test on a copy of the checkout at the place it insists on (.../ansible_collections/xeni/aws; it resolves symlinks),
# with a home of its own, where the pip that it would download from outside the package index lies already.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD/.venv/ansible-test/ansible_collections
copy=$tree/xeni/aws
export HOME=$PWD/.venv/ansible-test/home

mkdir -p "$copy" "$tree/amazon" "$HOME/.ansible/test/cache"
ln -sfn "$(readlink -f .venv/collections/ansible_collections/amazon/aws)" "$tree/amazon/aws"
for version in 24_2 25_2; do
    cp tests/setup/get_pip.py "$HOME/.ansible/test/cache/get_pip_$version.py"
done

keep=$copy/tests/output
find "$copy" -mindepth 1 -maxdepth 1 -not -path "$copy/tests" -exec rm -rf {} +
find "$copy/tests" -mindepth 1 -maxdepth 1 -not -path "$keep" -exec rm -rf {} + 2>/dev/null || true
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --create --null --files-from=- | tar --extract --directory="$copy"

git init --quiet "$copy" # else ansible-test asks the checkout's git, which ignores .venv

cd "$copy"
unset ANSIBLE_COLLECTIONS_PATH PYTHONPATH
export PYTHONDONTWRITEBYTECODE=1
version=$(python -c 'import sys; print(*sys.version_info[:2], sep=".")')
case $1 in
    units) exec ansible-test units --color no --num-workers 2 --python "$version" ;;
    sanity) exec ansible-test sanity --color no --python "$version" --venv ;;
esac
