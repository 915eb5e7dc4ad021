# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ModifyVpcEndpoint: policy, routes, subnets, groups, IP addresses and names, all of what is asked or nothing.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from .dispatch import PlainResult
from .endpoint_dns import check_private_dns, dns_options
from .endpoint_interfaces import FAMILIES, check_ip_type, chosen_addresses, is_as_chosen, set_families
from .endpoint_policies import check_support, checked_policy, default_policy
from .endpoint_types import OPTIONS, REFUSED, check_members
from .network_interfaces import NetworkInterface
from .parameters import check_choice, required


class EndpointChanges:
    """Backend."""

    def modify_vpc_endpoint(self, endpoint: Any, asked: dict[str, Any]) -> None:
        if endpoint.is_deleted:
            # The reference has no code for it: this one is for what is in another state.
            raise EC2ClientError("IncorrectState", f"The VPC endpoint '{endpoint.id}' is {endpoint.state}.")
        _check_asked(endpoint, asked)
        before = vars(endpoint).copy()
        try:
            self._change_endpoint(endpoint, asked)
        except EC2ClientError:
            vars(endpoint).update(before)
            raise

    def _change_endpoint(self, endpoint: Any, asked: dict[str, Any]) -> None:
        """Everything that can be refused comes before the first change to what is not the endpoint's own."""
        _change_policy(endpoint, asked)
        added_tables = self.endpoint_route_tables(endpoint, asked.get("AddRouteTableIds", []))
        removed_tables = [self.get_route_table(each) for each in asked.get("RemoveRouteTableIds", [])]
        endpoint.groups = self._changed_groups(endpoint, asked)
        endpoint.ip_type = asked.get("IpAddressType") or endpoint.ip_type
        _change_names(endpoint, asked)
        self._change_interfaces(endpoint, asked)
        self.remove_endpoint_routes(endpoint, removed_tables)
        self.add_endpoint_routes(endpoint, added_tables)

    def _changed_groups(self, endpoint: Any, asked: dict[str, Any]) -> list[Any]:
        added = asked.get("AddSecurityGroupIds", [])
        removed = asked.get("RemoveSecurityGroupIds", [])
        if not (added or removed):
            return endpoint.groups
        self.network_interface_groups(endpoint.vpc_id, [*added, *removed])
        wanted = [*(group.id for group in endpoint.groups if group.id not in removed), *added]
        if not wanted:
            raise EC2ClientError(REFUSED, f"The VPC endpoint {endpoint.id} must have at least one security group.")
        return self.network_interface_groups(endpoint.vpc_id, wanted)

    def _change_interfaces(self, endpoint: Any, asked: dict[str, Any]) -> None:
        # AWS refuses a new subnet in the zone of one that the same request removes.
        added = self.endpoint_subnets(endpoint, asked.get("AddSubnetIds", []))
        removed = self._removed_subnet_ids(endpoint, asked)
        kept = {subnet_id: eni for subnet_id, eni in endpoint.enis.items() if subnet_id not in removed}
        check_ip_type(endpoint.ip_type, endpoint.service, [*added, *(eni.subnet for eni in kept.values())])
        chosen = chosen_addresses(asked, [*kept, *(subnet.id for subnet in added)], endpoint.ip_type)
        replaced = [eni for subnet_id, eni in kept.items() if not is_as_chosen(eni, chosen.get(subnet_id, {}))]
        made = self.make_endpoint_interfaces(endpoint, [*(eni.subnet for eni in replaced), *added], chosen)
        self._settle(endpoint, kept, made)

    def _removed_subnet_ids(self, endpoint: Any, asked: dict[str, Any]) -> list[str]:
        removed = [self.get_subnet(each).id for each in asked.get("RemoveSubnetIds", [])]
        for subnet_id in removed:
            if subnet_id not in endpoint.enis:
                raise EC2ClientError(REFUSED, f"The subnet {subnet_id} is not one of the VPC endpoint {endpoint.id}.")
        return removed

    def _settle(self, endpoint: Any, kept: dict[str, NetworkInterface], made: list[NetworkInterface]) -> None:
        """Let go of the ENIs that are replaced or no longer wanted, and change the others in their place."""
        before, endpoint.enis = endpoint.enis, {**kept, **{eni.subnet.id: eni for eni in made}}
        gone = [eni for eni in before.values() if endpoint.enis.get(eni.subnet.id) is not eni]
        for eni in gone:
            self.delete_network_interface(eni.id)
        for eni in endpoint.enis.values():
            eni.groups = list(endpoint.groups)
            set_families(eni, endpoint.ip_type)
        if gone or made:
            endpoint.resettle()


def _check_asked(endpoint: Any, asked: dict[str, Any]) -> None:
    # A request to change names lists as one to create does, with a verb before them.
    given = {name for name in OPTIONS if any(asked.get(f"{verb}{name}") for verb in ("", "Add", "Remove"))}
    check_members(endpoint.type, given | ({"PolicyDocument"} if asked.get("ResetPolicy") else set()))
    if asked.get("IpAddressType"):
        check_choice("IpAddressType", asked["IpAddressType"], FAMILIES)
    if asked.get("ResetPolicy") and asked.get("PolicyDocument"):
        raise EC2ClientError("InvalidParameterCombination", "Specify either ResetPolicy or PolicyDocument, not both")


def _change_policy(endpoint: Any, asked: dict[str, Any]) -> None:
    if asked.get("ResetPolicy"):
        check_support(endpoint.service)
        endpoint.policy = default_policy(endpoint.type, endpoint.service)
    elif asked.get("PolicyDocument"):
        endpoint.policy = checked_policy(asked["PolicyDocument"], endpoint.service)


def _change_names(endpoint: Any, asked: dict[str, Any]) -> None:
    was_enabled = endpoint.private_dns_enabled
    endpoint.private_dns_enabled = bool(asked.get("PrivateDnsEnabled", was_enabled))
    current = dict(endpoint.dns_options or {})
    if asked.get("IpAddressType"):
        # The default follows the address type.
        current.pop("DnsRecordIpType", None)
    endpoint.dns_options = dns_options(endpoint, asked.get("DnsOptions") or {}, current)
    if endpoint.private_dns_enabled and (not was_enabled or asked.get("DnsOptions")):
        check_private_dns(endpoint)


class EndpointChangeHandlers:
    """Responses."""

    def modify_vpc_endpoint(self) -> ActionResult:
        [endpoint_id] = required(self.params, "VpcEndpointId")
        self.ec2_backend.modify_vpc_endpoint(self.ec2_backend.get_vpc_end_point(endpoint_id), self.params)
        return PlainResult({"Return": True})
