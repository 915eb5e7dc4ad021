# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which endpoint service of this account is meant, found with one describe."""

from __future__ import annotations

from dataclasses import dataclass

from .._cloud.ec2 import Ec2
from .._reconcile.run import BadInput

DESCRIBE = ("describe_vpc_endpoint_service_configurations", "ServiceConfigurations")

IDENTITY = dict(
    service_id=dict(type="str"),
    service_name=dict(type="str"),
    name=dict(type="str"),
)

# The filter of DescribeVpcEndpointServiceConfigurations for each option, the first that is given counts.
_FILTERS = {"service_id": "service-id", "service_name": "service-name", "name": "tag:Name"}


@dataclass(frozen=True)
class Identity:
    """What the user calls a service."""

    service_id: str | None = None
    service_name: str | None = None
    name: str | None = None

    @property
    def option(self) -> str:
        """The option that finds it."""
        return next(option for option in _FILTERS if getattr(self, option))

    @property
    def key(self) -> str:
        """What the service is called in messages and reports."""
        return getattr(self, self.option)


def from_parameters(parameters: dict) -> Identity:
    """The options of IDENTITY; BadInput when none of them is given."""
    given = {option: parameters.get(option) for option in IDENTITY}
    if not any(given.values()):
        raise BadInput(["name: nothing says which endpoint service is meant; give service_id, service_name or name"])
    return Identity(**given)


def find(ec2: Ec2, identity: Identity) -> dict | None:
    """The element of ServiceConfigurations that is meant, None if there is none; BadInput if there are several, naming them.

    One that is being deleted is found only where no other is; a deleted one, which AWS lists for a while, is not.
    """
    listed = ec2.describe_by(*DESCRIBE, _FILTERS[identity.option], [identity.key])
    there = [item for item in listed if item["ServiceState"] != "Deleted"]
    staying = [item for item in there if item["ServiceState"] != "Deleting"]
    if len(staying) > 1:
        services = ", ".join(f"{item['ServiceId']} ({item['ServiceState']})" for item in staying)
        raise BadInput([
            f"{identity.option}: {len(staying)} endpoint services are meant by '{identity.key}': {services}; "
            "give service_id, or delete those that are not wanted"
        ])
    return next(iter((*staying, *there)), None)


def get(ec2: Ec2, identity: Identity) -> dict:
    """The element of ServiceConfigurations that is meant; BadInput if there is none."""
    found = find(ec2, identity)
    if found is None:
        raise BadInput([missing(identity)])
    return found


def missing(identity: Identity) -> str:
    """What to say of a service that must be there and is not."""
    return (
        f"{identity.option}: this account has no endpoint service '{identity.key}' in this region; "
        "check the account, the region and the spelling, or make one with ec2_vpc_endpoint_service"
    )
