# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a test may turn, changed with ``PUT /_lab/settings``: time, quotas, rate limits, faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from . import faults, rate_limits


class InvalidSetting(ValueError):
    """A setting that does not exist or a value it cannot have; the text says what would be valid."""


def _amount(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _groups(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 16


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _takes(is_valid: Callable[[Any], bool], valid: str) -> dict[str, Any]:
    return {"is_valid": is_valid, "valid": valid}


@dataclass
class Settings:
    """Each field is a setting: its default, the check of a new value, and the words for what is valid."""

    #: How long a state such as ``pending``, ``attaching`` or ``shutting-down`` lasts.
    #: A lower value also ends sooner what is on its way.
    transition_seconds: float = field(default=0.5, metadata=_takes(_amount, "a number of seconds, 0 or more"))
    #: How long an object just created is missing from describes and NotFound when named by its id.
    #: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
    visibility_seconds: float = field(default=0, metadata=_takes(_amount, "a number of seconds, 0 or more"))
    #: What each API call takes at least, calls side by side.
    latency_ms: float = field(default=0, metadata=_takes(_amount, "a number of milliseconds, 0 or more"))
    #: Whether EC2 and Route 53 limit the rate of requests as documented; an object has limits in place of EC2's own, by
    #: operation. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    rate_limit: bool | dict[str, Any] = field(
        default=False, metadata=_takes(rate_limits.is_rate_limit, rate_limits.VALID)
    )
    #: Calls that fail, counted from now: the nth of an operation, or every nth.
    faults: list[dict[str, Any]] = field(default_factory=list, metadata=_takes(faults.are_faults, faults.VALID))
    #: The quota of https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    security_groups_per_network_interface: int = field(
        default=5, metadata=_takes(_groups, "a whole number from 1 to 16")
    )
    #: Whether AWS has authorized the accounts to use CreateNetworkInterfacePermission, which it does on request only.
    network_interface_permissions_authorized: bool = field(default=True, metadata=_takes(_flag, "true or false"))
    #: The quota of https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
    elastic_ips_per_region: int = field(default=5, metadata=_takes(_count, "a whole number, 0 or more"))
    #: The quota of https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-entities
    vpc_association_authorizations_per_zone: int = field(
        default=1000, metadata=_takes(_count, "a whole number, 0 or more")
    )
    #: Domains whose public DNS, outside of the lab, has the records that prove endpoint services' private DNS names.
    verified_domains: list[str] = field(default_factory=list, metadata=_takes(_names, "a list of domain names"))
    #: The targets, in whatever target group, that do not pass their health checks.
    unhealthy_targets: list[str] = field(
        default_factory=list, metadata=_takes(_names, "a list of targets' ids: instance ids, addresses, ARNs")
    )

    def update(self, changes: Any) -> None:
        """Take all of ``changes`` (setting -> value) or, when one is invalid, none of them.

        :raises InvalidSetting: names the setting, the value and what would be valid.
        """
        if not isinstance(changes, dict):
            raise InvalidSetting("the body must be a JSON object of settings and their values")
        known = {each.name: each.metadata for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise InvalidSetting(f"there is no setting '{name}': the settings are {', '.join(sorted(known))}")
            if not known[name]["is_valid"](value):
                raise InvalidSetting(f"'{name}' cannot be {value!r}: it takes {known[name]['valid']}")
        for name, value in changes.items():
            setattr(self, name, value)

    def reset(self) -> None:
        self.update(asdict(Settings()))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


settings = Settings()
