# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The subnets, security groups and instances that wanted interfaces refer to. Read only when something is to be changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._cloud.ec2 import Ec2
from .desired import Eni


@dataclass(frozen=True)
class Surroundings:
    """Replies of describe calls by id.

    taken: {address: id of the interface that has it} in the subnets that are referred to.
    limits: {instance type: (interfaces, IPv4 addresses an interface)}.
    """

    subnets: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    instances: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)
    limits: dict = field(default_factory=dict)

    def group_ids(self, eni: Eni, vpc_id: str | None) -> tuple:
        """(ids of the groups, names that no group of the VPC has, names that several have)."""
        ids, unknown = [], []
        for wanted in eni.groups or ():
            found = [
                group_id for group_id, group in self.groups.items()
                if wanted == group_id or (wanted == group["GroupName"] and group["VpcId"] == vpc_id)
            ]
            ids += found
            unknown += [] if found else [wanted]
        return tuple(dict.fromkeys(ids)), tuple(unknown)

    def with_group_ids(self, eni: Eni, vpc_id: str | None) -> Eni:
        """The wanted interface with each group's name replaced by its id."""
        return eni if eni.groups is None else replace(eni, groups=self.group_ids(eni, vpc_id)[0])


def look_around(ec2: Ec2, pairs) -> Surroundings:
    """One describe for each kind of thing that [(Eni, Interface or None), ...] refer to, side by side."""
    enis = [eni for eni, _interface in pairs]
    subnets = {interface.subnet_id if interface else eni.subnet_id for eni, interface in pairs} - {None}
    instances = {eni.instance_id for eni in enis if eni.attached}
    names = {group for eni in enis for group in eni.groups or ()}
    with ThreadPoolExecutor(max_workers=4) as pool:
        reads = [
            pool.submit(ec2.describe_by, "describe_subnets", "Subnets", "subnet-id", subnets),
            pool.submit(ec2.describe_by, "describe_network_interfaces", "NetworkInterfaces", "subnet-id", subnets),
            pool.submit(_describe_groups, ec2, names),
            pool.submit(_describe_instances, ec2, instances),
        ]
    found_subnets, interfaces, groups, (found_instances, limits) = [read.result() for read in reads]
    return Surroundings(
        subnets={item["SubnetId"]: item for item in found_subnets},
        groups={item["GroupId"]: item for item in groups},
        instances={item["InstanceId"]: item for item in found_instances},
        taken={
            address["PrivateIpAddress"]: item["NetworkInterfaceId"]
            for item in interfaces for address in item["PrivateIpAddresses"]
        },
        limits=limits,
    )


def _describe_groups(ec2: Ec2, names) -> list:
    by_id = [name for name in names if name.startswith("sg-")]
    by_name = [name for name in names if not name.startswith("sg-")]
    return (
        ec2.describe_by("describe_security_groups", "SecurityGroups", "group-id", by_id)
        + ec2.describe_by("describe_security_groups", "SecurityGroups", "group-name", by_name)
    )


def _describe_instances(ec2: Ec2, ids) -> tuple:
    reservations = ec2.describe_by("describe_instances", "Reservations", "instance-id", ids)
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    types = ec2.describe_by(
        "describe_instance_types", "InstanceTypes", "instance-type", {instance["InstanceType"] for instance in instances})
    limits = {
        item["InstanceType"]: (item["NetworkInfo"]["MaximumNetworkInterfaces"], item["NetworkInfo"]["Ipv4AddressesPerInterface"])
        for item in types
    }
    return instances, limits
