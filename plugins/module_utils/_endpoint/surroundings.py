# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What wanted changes refer to: the service, subnets, security groups, route tables, the VPC. Only what the changes need is read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .._cloud.ec2 import Ec2
from .._cloud.errors import ERRORS, code
from .desired import Wanted

# Of a VPC, what private DNS needs: {member of DescribeVpcAttribute's reply: the attribute}.
# https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
DNS_ATTRIBUTES = {"EnableDnsSupport": "enableDnsSupport", "EnableDnsHostnames": "enableDnsHostnames"}


@dataclass(frozen=True)
class Surroundings:
    """Replies of describe calls by id.

    services: elements of ServiceDetails of the service, one for each type that it has; None where they were not asked for.
    dns: {attribute of the VPC: whether it is on}.
    """

    services: tuple | None = None
    subnets: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    route_tables: dict = field(default_factory=dict)
    dns: dict = field(default_factory=dict)

    def service(self, kind: str) -> dict:
        """The service as endpoints of that type reach it."""
        return next((item for item in self.services or () if kind in types(item)), {})

    def group(self, wanted: str, vpc_id: str | None) -> dict | None:
        """The group of that id, or of that name in the VPC."""
        named = (item for item in self.groups.values() if item["GroupName"] == wanted and item["VpcId"] == vpc_id)
        return self.groups.get(wanted) or next(named, None)

    def group_ids(self, wanted, vpc_id: str | None) -> tuple:
        """With the id for each name that was looked for."""
        return tuple((self.group(each, vpc_id) or {"GroupId": each})["GroupId"] for each in wanted)

    def in_the_way(self, request: dict) -> tuple:
        """Of the subnets that are removed, those that are in a zone with one that is added."""
        zones = {self._zone(subnet_id) for subnet_id in added(request, "SubnetIds")} - {None}
        return tuple(subnet_id for subnet_id in request.get("RemoveSubnetIds", ()) if self._zone(subnet_id) in zones)

    def _zone(self, subnet_id: str) -> str | None:
        return self.subnets.get(subnet_id, {}).get("AvailabilityZoneId")


def types(service: dict) -> list:
    return [item["ServiceType"] for item in service.get("ServiceType", ())]


def added(request: dict, member: str) -> list:
    """The ids that a creation lists, or a modification adds."""
    return request.get(member) or request.get(f"Add{member}") or []


def look_around(ec2: Ec2, wanted: Wanted, vpc_id: str | None, request: dict, services) -> Surroundings:
    """What a request of CreateVpcEndpoint or ModifyVpcEndpoint is to be checked against, side by side.

    services() returns Surroundings' services.
    """
    subnets = added(request, "SubnetIds") or [item["SubnetId"] for item in request.get("SubnetConfigurations", ())]
    asks_service = subnets or {"ServiceName", "PolicyDocument", "PrivateDnsEnabled", "IpAddressType"} & set(request)
    with ThreadPoolExecutor(max_workers=6) as pool:
        found_services = pool.submit(services) if asks_service else None
        found_subnets = pool.submit(
            _by_id, ec2, "describe_subnets", "Subnets", "SubnetId", "subnet-id",
            {*(wanted.subnets or ()), *subnets, *request.get("RemoveSubnetIds", ())} if subnets else ())
        groups = pool.submit(_describe_groups, ec2, added(request, "SecurityGroupIds"))
        tables = pool.submit(
            _by_id, ec2, "describe_route_tables", "RouteTables", "RouteTableId", "route-table-id", added(request, "RouteTableIds"))
        dns = {
            attribute: pool.submit(ec2.read, "describe_vpc_attribute", {"VpcId": vpc_id, "Attribute": attribute})
            for attribute in (DNS_ATTRIBUTES.values() if vpc_id and request.get("PrivateDnsEnabled") else ())
        }
    return Surroundings(
        services=found_services.result() if found_services else None,
        subnets=found_subnets.result(),
        groups=groups.result(),
        route_tables=tables.result(),
        dns={attribute: dns[attribute].result()[member]["Value"] for member, attribute in DNS_ATTRIBUTES.items() if attribute in dns},
    )


def describe_services(ec2: Ec2, name: str, region: str | None) -> tuple:
    """The service's ServiceDetails; none if AWS knows no such service there, or none that this account may use."""
    regions = {"ServiceRegions": [region]} if region else {}
    try:
        return tuple(ec2.describe("describe_vpc_endpoint_services", "ServiceDetails", ServiceNames=[name], **regions))
    except ERRORS as error:
        if code(error) != "InvalidServiceName":
            raise
        return ()


def _by_id(ec2: Ec2, operation: str, result: str, member: str, name: str, ids) -> dict:
    return {item[member]: item for item in ec2.describe_by(operation, result, name, ids)}


def _describe_groups(ec2: Ec2, wanted) -> dict:
    by_id = [group for group in wanted if group.startswith("sg-")]
    by_name = [group for group in wanted if not group.startswith("sg-")]
    return {
        **_by_id(ec2, "describe_security_groups", "SecurityGroups", "GroupId", "group-id", by_id),
        **_by_id(ec2, "describe_security_groups", "SecurityGroups", "GroupId", "group-name", by_name),
    }
