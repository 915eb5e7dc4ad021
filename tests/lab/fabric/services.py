# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a VPC serves its instances: DHCP, DNS, instance metadata, and who its neighbours are."""

from __future__ import annotations

from lab.fabric import dns, imds, metadata, names, topology
from lab.fabric.description import Description, Vpc, of_version
from lab.fabric.dhcp import Dhcp
from lab.fabric.guardian import RUN
from lab.fabric.neighbours import Neighbours


class VpcServices:
    """Runs in the VPC router's namespace, which is there already."""

    def __init__(self, vpc: Vpc):
        namespace = names.namespace(vpc.id)
        self._vpc_id = vpc.id
        self._dhcp = Dhcp(namespace, RUN)
        self._dns = dns.Dns(namespace, topology.resolvers(vpc), RUN)
        self._imds = imds.Imds(namespace)
        self._imds.start()
        self._neighbours: Neighbours | None = None

    def update(self, description: Description) -> None:
        """Serve the ENIs attached by now."""
        vpc = description.vpcs[self._vpc_id]
        subnets = [subnet for subnet in description.subnets.values() if subnet.vpc_id == vpc.id]
        ipv4_cidrs = [subnet.cidr for subnet in subnets if subnet.cidr]
        ipv6_cidrs = [subnet.ipv6_cidr for subnet in subnets if subnet.ipv6_cidr]
        attached = description.attached(vpc_id=vpc.id)
        self._dhcp.update(
            [(cidr, topology.gateway_in(cidr), topology.resolvers(vpc)[0]) for cidr in ipv4_cidrs],
            [
                (eni.mac, address, eni.instance_id)
                for eni in attached
                for address in (*eni.addresses[:1], *eni.ipv6_addresses[:1])
            ],
            ipv6_cidrs,
        )
        if vpc.dns_support:
            self._dns.update(dns.answers(description, vpc))
        else:
            self._dns.stop()
        instances = {each: _instance(description, each) for each in {eni.instance_id for eni in attached}}
        self._imds.update(
            {network: instances[eni.instance_id] for eni in attached for network in eni.own},
            ipv6=bool(vpc.ipv6_cidrs),
        )
        if vpc.ipv6_cidrs:
            self._neighbours = self._neighbours or Neighbours(names.namespace(vpc.id))
            self._neighbours.update({names.interface(eni.id): of_version(6, eni.own) for eni in attached})

    def forget_clients(self, description: Description) -> None:
        """Who asks for an address from now on gets it, though another may have had it: to DHCPv6 a DUID is a client."""
        self._dhcp.stop()
        self.update(description)

    def stop(self) -> None:
        if self._neighbours:
            self._neighbours.stop()
            self._neighbours = None
        self._imds.stop()
        self._dns.stop()
        self._dhcp.stop()


def _instance(description: Description, instance_id: str) -> imds.Instance:
    instance, raw = description.instances[instance_id], description.raw
    enis = [raw[eni.id] for eni in description.attached(instance_id=instance_id)]
    subnets = [raw[eni["SubnetId"]] for eni in enis]
    vpc = raw[instance.vpc_id]
    tree = metadata.tree(raw[instance_id], enis, subnets, vpc, instance.public_key, instance.user_data)
    return imds.Instance(tree, raw[instance_id]["MetadataOptions"])
