# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The option `filters` of the modules that describe."""

from __future__ import annotations

from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._reconcile.run import BadInput


def from_parameter(filters: dict | None) -> list:
    """Filters by name, each a value or a list of values, as boto3 takes them; BadInput for what is no value.

    Their names are AWS's to judge.
    """
    listed = {name: value if isinstance(value, list) else [value] for name, value in (filters or {}).items()}
    problems = [
        f"filters: {name}: {value!r} cannot be looked for; give a text, a number or a boolean, or a list of them"
        for name, values in listed.items() for value in values or [values] if not isinstance(value, (str, int, float))
    ]
    if problems:
        raise BadInput(problems)
    return ansible_dict_to_boto3_filter_list({
        name: [_text(value) for value in values] for name, values in listed.items()})


def _text(value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
