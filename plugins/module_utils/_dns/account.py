# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An account as its credentials see it: who it is, which VPCs it has, and its Route 53."""

from __future__ import annotations

from functools import cached_property

from .._cloud.credentials import connection
from .._cloud.ec2 import Ec2
from .._cloud.service import Service


class Account:
    """Clients are made when they are needed, as a role to assume is a call."""

    def __init__(self, module, credentials: dict):
        self._module = module
        self._credentials = credentials

    @cached_property
    def _connection(self) -> dict:
        return connection(self._module, self._credentials)

    @cached_property
    def route53(self) -> Service:
        return Service(self._module, "route53", **self._connection)

    def id(self, region: str) -> str:
        """The account's ID, which everybody may ask; region: one that it works in."""
        return Service(self._module, "sts", region=region, **self._connection).read("get_caller_identity", {})["Account"]

    def owners(self, vpcs) -> dict:
        """By VPC ID, the account of each VPC that this one sees: its own, and shared ones."""
        found = {}
        for region in sorted({vpc.region for vpc in vpcs}):
            ec2 = Ec2(self._module, region=region, **self._connection)
            ids = [vpc.id for vpc in vpcs if vpc.region == region]
            found |= {item["VpcId"]: item["OwnerId"] for item in ec2.describe_by("describe_vpcs", "Vpcs", "vpc-id", ids)}
        return found
