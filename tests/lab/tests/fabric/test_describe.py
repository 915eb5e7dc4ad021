# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the describe calls answer, in the shapes of botocore's EC2 model, becomes a description."""

from __future__ import annotations

import pytest

from lab.fabric.describe import Cloud
from lab.fabric.description import (
    AclEntry,
    Description,
    HostedZone,
    LoadBalancer,
    Match,
    Permission,
    Record,
    Route,
    Target,
    VpcEndpoint,
    of_version,
    union,
)
from lab.guests.flavours import DEFAULT, Flavour, FlavourError
from lab.tests.fabric.replies import ENDPOINT_NAME, LOAD_BALANCER, Replies


@pytest.fixture
def client():
    return Replies()


def test_a_vpc_has_its_associated_cidrs_and_attached_gateways(client):
    vpc = Cloud(lambda _service: client).describe().vpcs["vpc-1"]
    assert vpc.cidrs == ("10.0.0.0/16", "10.1.0.0/16")
    assert vpc.ipv6_cidrs == ("2600:1f18::/56",)
    assert (vpc.internet_gateway, vpc.egress_only_gateway, vpc.vpn_gateway) == ("igw-1", "eigw-1", "vgw-1")
    assert vpc.edges == {"igw-1": "rtb-2"}


def test_an_egress_only_gateway_is_nothing_to_a_vpc_without_ipv6(client):
    client.replies["describe_vpcs"]["Vpcs"][0]["Ipv6CidrBlockAssociationSet"].clear()
    assert Cloud(lambda _service: client).describe().vpcs["vpc-1"].egress_only_gateway is None


def test_a_subnet_without_a_route_table_of_its_own_has_the_main_one(client):
    subnets = Cloud(lambda _service: client).describe().subnets
    assert (subnets["subnet-1"].route_table, subnets["subnet-1"].network_acl) == ("rtb-1", "acl-1")
    assert (subnets["subnet-2"].route_table, subnets["subnet-2"].network_acl) == ("rtb-2", None)


def test_a_subnet_has_the_ipv6_block_that_is_associated(client):
    subnets = Cloud(lambda _service: client).describe().subnets
    assert [subnet.ipv6_cidr for subnet in subnets.values()] == ["2600:1f18:0:1::/64", None]


def test_a_subnet_may_have_ipv6_only(client):
    del client.replies["describe_subnets"]["Subnets"][0]["CidrBlock"]
    client.replies["describe_network_interfaces"]["NetworkInterfaces"][0]["PrivateIpAddresses"].clear()
    description = Cloud(lambda _service: client).describe()
    assert description.subnets["subnet-1"].cidr is None
    assert description.network_interfaces["eni-1"].own[0] == "2600:1f18:0:1::5"


def test_routes(client):
    tables = Cloud(lambda _service: client).describe().route_tables
    assert tables["rtb-2"].routes == (
        Route("0.0.0.0/0", "vgw-1"),
        Route("10.9.0.0/16", "blackhole"),
        Route("::/0", "eigw-1"),
    )


def test_acl_entries_in_order_of_evaluation(client):
    acl = Cloud(lambda _service: client).describe().network_acls["acl-1"]
    assert acl.ingress == (
        AclEntry(100, True, Match("6", (22, 23)), "10.0.0.0/8"),
        AclEntry(32767, False, Match("-1"), "0.0.0.0/0"),
    )
    assert acl.egress == (
        AclEntry(101, True, Match("1", (8, -1)), "0.0.0.0/0"),
        AclEntry(102, True, Match("-1"), "::/0"),
    )


def test_security_group_permissions(client):
    group = Cloud(lambda _service: client).describe().security_groups["sg-1"]
    assert group.ingress == (Permission(Match("tcp", (80, 80)), ("0.0.0.0/0", "::/0"), ("sg-2",)),)
    assert group.egress == (Permission(Match("-1"), ("0.0.0.0/0",), ()),)


def test_an_attached_eni(client):
    eni = Cloud(lambda _service: client).describe().network_interfaces["eni-1"]
    assert eni.addresses == ("10.0.0.5", "10.0.0.9")
    assert eni.public == {"10.0.0.9": "54.0.0.9"}
    assert of_version(4, eni.own) == ["10.0.0.5", "10.0.0.9", "10.0.0.16/28"]
    assert of_version(6, eni.own) == ["2600:1f18:0:1::5", "2600:1f18:0:1::6", "2600:1f18:0:1:1::/80"]
    assert (eni.instance_id, eni.device_index, eni.source_dest_check) == ("i-1", 1, False)


@pytest.mark.parametrize("status", ["attaching", "detaching", "detached"])
def test_an_eni_that_is_not_attached_yet_or_any_more(client, status):
    client.replies["describe_network_interfaces"]["NetworkInterfaces"][0]["Attachment"]["Status"] = status
    assert Cloud(lambda _service: client).describe().attached() == []


def test_an_eni_of_a_subnet_that_is_not_described_yet_waits(client):
    client.replies["describe_subnets"]["Subnets"].pop(0)
    assert Cloud(lambda _service: client).describe().network_interfaces == {}


def test_a_vpn_gateway_has_the_routes_of_available_connections(client):
    description = Cloud(lambda _service: client).describe()
    assert list(description.vpn_gateways) == ["vgw-1"]
    assert description.vpn_gateways["vgw-1"].prefixes == ("192.168.0.0/16",)
    assert description.customer_gateway_addresses == ("198.51.100.10",)


def test_an_instance(client):
    description = Cloud(lambda _service: client).describe()
    instance = description.instances["i-1"]
    assert (instance.hostname, instance.public_key) == ("ip-10-0-0-5", "ssh-ed25519 AAAA key")
    assert instance.user_data == "#!/bin/sh\n"


def test_a_tag_chooses_what_a_guest_boots(client):
    instance = client.replies["describe_instances"]["Reservations"][0]["Instances"][0]
    assert Cloud(lambda _service: client).describe().instances["i-1"].flavour == DEFAULT
    instance["Tags"] = [{"Key": "lab:guest", "Value": "trixie-NetworkManager"}]
    assert Cloud(lambda _service: client).describe().instances["i-1"].flavour == Flavour("trixie", "NetworkManager")
    instance["Tags"] = [{"Key": "lab:guest", "Value": "sarge"}]
    with pytest.raises(FlavourError, match="instance i-1, tag lab:guest: no guest flavour 'sarge': it must be one of"):
        Cloud(lambda _service: client).describe()


def test_only_describe_calls_are_made_and_user_data_is_asked_for_once(client):
    cloud = Cloud(lambda _service: client)
    assert cloud.describe() == cloud.describe()
    assert all(call.startswith(("describe_", "list_", "get_hosted_zone")) for call in client.calls)
    assert client.calls.count("describe_instance_attribute") == 1


def test_an_interface_endpoint_and_no_other(client):
    endpoints = Cloud(lambda _service: client).describe().vpc_endpoints
    assert list(endpoints.values()) == [
        VpcEndpoint(
            id="vpce-1",
            vpc_id="vpc-1",
            service_name="com.amazonaws.vpce.us-east-1.vpce-svc-1",
            state="available",
            network_interfaces=("eni-8",),
            dns_names=(ENDPOINT_NAME,),
        )
    ]


def test_a_load_balancer_has_its_enis_and_the_healthy_targets_of_tcp_listeners(client):
    enis = client.replies["describe_network_interfaces"]["NetworkInterfaces"]
    enis.append({**enis[0], "NetworkInterfaceId": "eni-9", "Attachment": {},
                 "Description": "ELB net/api/50dc6c495c0c9188"})
    assert Cloud(lambda _service: client).describe().load_balancers == {
        LOAD_BALANCER: LoadBalancer(
            arn=LOAD_BALANCER,
            vpc_id="vpc-1",
            cross_zone=True,
            network_interfaces=("eni-9",),
            enforced_groups=("sg-1",),
            listeners={443: (Target("i-1", 8443),)},
        )
    }


def test_a_load_balancer_that_is_told_not_to_enforces_no_group(client):
    balancer = client.replies["describe_load_balancers"]["LoadBalancers"][0]
    balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"
    assert Cloud(lambda _service: client).describe().load_balancers[LOAD_BALANCER].enforced_groups == ()


def test_without_an_endpoint_service_no_load_balancer_is_asked_for(client):
    client.replies["describe_vpc_endpoint_service_configurations"]["ServiceConfigurations"].clear()
    assert Cloud(lambda _service: client).describe().load_balancers == {}
    assert "describe_load_balancers" not in client.calls


def test_a_private_zone_has_the_vpcs_of_all_accounts_and_the_records_that_lead_to_addresses(client):
    zones = Cloud(lambda _service: client).describe().hosted_zones
    records = (
        Record("*.example.internal", "CNAME", ("a.example.internal",)),
        Record("a.example.internal", "A", ("10.0.0.5",)),
        Record("example.internal", "ALIAS", (ENDPOINT_NAME,)),
    )
    assert zones == {"Z1": HostedZone("Z1", "example.internal", ("vpc-1", "vpc-2"), records)}


def test_the_dns_attributes_of_a_vpc_with_a_running_instance(client):
    vpc = Cloud(lambda _service: client).describe().vpcs["vpc-1"]
    assert (vpc.dns_support, vpc.dns_hostnames) == (True, False)


def test_the_union_of_two_accounts_has_what_each_describes(client):
    mine = Cloud(lambda _service: client).describe()
    theirs = Description(vpcs={"vpc-2": mine.vpcs["vpc-1"]}, customer_gateway_addresses=("198.51.100.9",))
    both = union([mine, theirs])
    assert set(both.vpcs) == {"vpc-1", "vpc-2"}
    assert both.customer_gateway_addresses == ("198.51.100.10", "198.51.100.9")
    assert both.instances == mine.instances
