# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags as AWS has them: texts."""

from __future__ import annotations

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from .._reconcile.calls import Call


def text_tags(tags: dict | None) -> dict | None:
    """The tags of a playbook with numbers and booleans as text; no value is an empty one. None when they are not mentioned."""
    if tags is None:
        return None
    return {str(key): "" if value is None else str(value) for key, value in tags.items()}


def tag_list(tags: dict) -> list:
    """Tags as the API takes them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def tag_calls(subject: str, resource_id: str, present: dict, wanted: dict | None, purge: bool) -> list:
    """The calls that bring a resource's tags from those present to the wanted ones; those that AWS itself has put there stay."""
    if wanted is None:
        return []
    changed, surplus = compare_aws_tags(present, wanted, purge)
    calls = []
    if changed:
        calls.append(Call(f"{subject}:create_tags", subject, "create_tags", {"Resources": [resource_id], "Tags": tag_list(changed)}))
    if surplus:
        calls.append(Call(f"{subject}:delete_tags", subject, "delete_tags", {
            "Resources": [resource_id], "Tags": [{"Key": key} for key in sorted(surplus)]}))
    return calls


def tags_after(present: dict, call: Call) -> dict:
    """The tags that are there after create_tags or delete_tags."""
    listed = call.parameters["Tags"]
    if call.operation == "create_tags":
        return {**present, **{tag["Key"]: tag["Value"] for tag in listed}}
    return {key: value for key, value in present.items() if {"Key": key} not in listed}
