# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a VPC serves its instances: DHCP, DNS and instance metadata."""

from __future__ import annotations

import ipaddress

from lab.fabric import dns, metadata, names, topology
from lab.fabric.description import Description, Vpc
from lab.fabric.dhcp import Dhcp
from lab.fabric.guardian import RUN
from lab.fabric.imds import Imds


class VpcServices:
    """Runs in the VPC router's namespace, which is there already."""

    def __init__(self, vpc: Vpc):
        namespace = names.namespace(vpc.id)
        self._vpc_id = vpc.id
        self._dhcp = Dhcp(namespace, RUN)
        self._dns = dns.Dns(namespace, topology.resolvers(vpc), RUN)
        self._imds = Imds(namespace)
        self._imds.start()

    def update(self, description: Description) -> None:
        """Serve the ENIs attached by now."""
        vpc = description.vpcs[self._vpc_id]
        subnets = [subnet for subnet in description.subnets.values() if subnet.vpc_id == vpc.id]
        attached = description.attached(vpc_id=vpc.id)
        self._dhcp.update(
            [(subnet.cidr, str(ipaddress.ip_network(subnet.cidr)[1]), topology.resolvers(vpc)[0]) for subnet in subnets],
            [(eni.mac, eni.addresses[0], description.subnets[eni.subnet_id].cidr) for eni in attached],
        )
        if vpc.dns_support:
            self._dns.update(dns.answers(description, vpc))
        else:
            self._dns.stop()
        trees = {instance_id: _tree(description, instance_id) for instance_id in {eni.instance_id for eni in attached}}
        self._imds.update({address: trees[eni.instance_id] for eni in attached for address in eni.addresses})

    def stop(self) -> None:
        self._imds.stop()
        self._dns.stop()
        self._dhcp.stop()


def _tree(description: Description, instance_id: str) -> dict:
    instance, raw = description.instances[instance_id], description.raw
    enis = [raw[eni.id] for eni in description.attached(instance_id=instance_id)]
    subnets = [raw[eni["SubnetId"]] for eni in enis]
    return metadata.tree(raw[instance_id], enis, subnets, raw[instance.vpc_id], instance.public_key, instance.user_data)
