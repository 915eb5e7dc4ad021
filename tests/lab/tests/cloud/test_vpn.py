# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Virtual private gateways, customer gateways, VPN connections and the routes they propagate."""

from __future__ import annotations

import ipaddress
from xml.etree import ElementTree

import pytest


@pytest.fixture
def vgw(ec2, network):
    gateway_id = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64600)["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)
    return gateway_id


@pytest.fixture
def cgw(ec2):
    return ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.7", BgpAsn=65010)["CustomerGateway"][
        "CustomerGatewayId"
    ]


@pytest.fixture
def connect(ec2, vgw, cgw):
    """connect(**options): a VPN connection with static routes."""

    def make(**options):
        return ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=cgw,
            VpnGatewayId=vgw,
            Options={"StaticRoutesOnly": True} | options,
        )["VpnConnection"]

    return make


def describe(ec2, vpn_id: str) -> dict:
    return ec2.describe_vpn_connections(VpnConnectionIds=[vpn_id])["VpnConnections"][0]


def test_an_identical_customer_gateway_is_the_existing_one(ec2, cgw):
    asked = {"Type": "ipsec.1", "IpAddress": "198.51.100.7", "BgpAsn": 65010}
    assert ec2.create_customer_gateway(**asked)["CustomerGateway"]["CustomerGatewayId"] == cgw
    other = ec2.create_customer_gateway(**asked, DeviceName="second")["CustomerGateway"]
    assert other["CustomerGatewayId"] != cgw and other["DeviceName"] == "second"
    ec2.delete_customer_gateway(CustomerGatewayId=cgw)
    [deleted] = ec2.describe_customer_gateways(CustomerGatewayIds=[cgw])["CustomerGateways"]
    assert deleted["State"] == "deleted"
    assert ec2.create_customer_gateway(**asked)["CustomerGateway"]["CustomerGatewayId"] != cgw


def test_an_unknown_customer_gateway(ec2, vgw, refused):
    with refused("InvalidCustomerGatewayID.NotFound", "cgw-0123456789abcdef0"):
        ec2.describe_customer_gateways(CustomerGatewayIds=["cgw-0123456789abcdef0"])
    with refused("InvalidCustomerGatewayID.NotFound", "cgw-0123456789abcdef0"):
        ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId="cgw-0123456789abcdef0", VpnGatewayId=vgw)


def test_a_connection_has_two_tunnels_and_their_configuration(connect, cgw, vgw):
    vpn = connect(TunnelOptions=[{"TunnelInsideCidr": "169.254.99.0/30", "PreSharedKey": "secret.of.the.lab"}])
    options = vpn["Options"]
    assert options["StaticRoutesOnly"] is True
    assert [len(options["TunnelOptions"]), vpn["Category"], vpn["Type"]] == [2, "VPN", "ipsec.1"]
    first, second = options["TunnelOptions"]
    assert first["TunnelInsideCidr"] == "169.254.99.0/30" and first["PreSharedKey"] == "secret.of.the.lab"
    outside = [tunnel["OutsideIpAddress"] for tunnel in (first, second)]
    assert len(set(outside)) == 2 and all(ipaddress.ip_address(each).is_global for each in outside)
    assert ipaddress.ip_network(second["TunnelInsideCidr"]).subnet_of(ipaddress.ip_network("169.254.0.0/16"))
    assert [each["OutsideIpAddress"] for each in vpn["VgwTelemetry"]] == outside

    root = ElementTree.fromstring(vpn["CustomerGatewayConfiguration"])
    assert root.get("id") == vpn["VpnConnectionId"]
    assert root.findtext("customer_gateway_id") == cgw and root.findtext("vpn_gateway_id") == vgw
    tunnels = root.findall("ipsec_tunnel")
    assert [each.findtext("vpn_gateway/tunnel_outside_address/ip_address") for each in tunnels] == outside
    assert {each.findtext("customer_gateway/tunnel_outside_address/ip_address") for each in tunnels} == {"198.51.100.7"}
    assert tunnels[0].findtext("ike/pre_shared_key") == "secret.of.the.lab"
    assert tunnels[0].findtext("customer_gateway/tunnel_inside_address/ip_address") == "169.254.99.2"


def test_options_are_kept_and_others_have_aws_s_defaults(ec2, connect):
    asked = {
        "Phase1LifetimeSeconds": 3600,
        "Phase2LifetimeSeconds": 1800,
        "RekeyMarginTimeSeconds": 60,
        "RekeyFuzzPercentage": 50,
        "ReplayWindowSize": 128,
        "Phase1EncryptionAlgorithms": [{"Value": "AES256"}, {"Value": "AES256-GCM-16"}],
        "Phase2IntegrityAlgorithms": [{"Value": "SHA2-512"}],
        "Phase1DHGroupNumbers": [{"Value": 20}],
        "StartupAction": "start",
        "LogOptions": {"CloudWatchLogOptions": {"LogEnabled": False}},
        "EnableTunnelLifecycleControl": True,
    }
    renamed = {"DPDTimeoutSeconds": 45, "DPDTimeoutAction": "restart", "IKEVersions": [{"Value": "ikev2"}]}
    vpn = connect(TunnelOptions=[asked | renamed], LocalIpv4NetworkCidr="172.16.0.0/12")
    options = describe(ec2, vpn["VpnConnectionId"])["Options"]
    kept = asked | {"DpdTimeoutSeconds": 45, "DpdTimeoutAction": "restart", "IkeVersions": [{"Value": "ikev2"}]}
    assert {name: value for name, value in options["TunnelOptions"][0].items() if name in kept} == kept
    assert set(options["TunnelOptions"][1]) == {"OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"}
    del options["TunnelOptions"]
    assert options == {
        "EnableAcceleration": False,
        "StaticRoutesOnly": True,
        "LocalIpv4NetworkCidr": "172.16.0.0/12",
        "RemoteIpv4NetworkCidr": "0.0.0.0/0",
        "OutsideIpAddressType": "PublicIpv4",
        "TunnelInsideIpVersion": "ipv4",
        "TunnelBandwidth": "standard",
    }


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"TunnelInsideCidr": "169.254.99.0/29"}, "169.254.99.0/29"),
        ({"TunnelInsideCidr": "169.254.5.0/30"}, "169.254.5.0/30"),
        ({"TunnelInsideCidr": "10.0.0.0/30"}, "10.0.0.0/30"),
        ({"TunnelInsideCidr": "169.254.99.1/30"}, "169.254.99.1/30"),
        ({"PreSharedKey": "0123.of.the.lab"}, "PreSharedKey"),
        ({"PreSharedKey": "short"}, "PreSharedKey"),
        ({"Phase1LifetimeSeconds": 899}, "(899)"),
        ({"Phase1LifetimeSeconds": 900, "Phase2LifetimeSeconds": 900}, "Phase2LifetimeSeconds"),
        ({"RekeyMarginTimeSeconds": 1801}, "(1801)"),
        ({"DPDTimeoutSeconds": 29}, "(29)"),
        ({"DPDTimeoutAction": "reboot"}, "clear | none | restart"),
        ({"IKEVersions": [{"Value": "ikev2"}, {"Value": "ikev3"}]}, "(ikev3)"),
        ({"Phase1DHGroupNumbers": [{"Value": 5}]}, "(5)"),
        ({"Phase2EncryptionAlgorithms": [{"Value": "DES"}]}, "(DES)"),
    ],
)
def test_tunnel_options_out_of_their_documented_range(ec2, connect, refused, wrong, part):
    with refused("InvalidParameterValue", part):
        connect(TunnelOptions=[wrong])
    assert ec2.describe_vpn_connections()["VpnConnections"] == []


def test_inside_cidrs_at_one_gateway_are_unique(ec2, connect, vgw, refused):
    both = [{"TunnelInsideCidr": "169.254.99.0/30"}] * 2
    with refused("InvalidCidr.InUse", "169.254.99.0/30", "another tunnel"):
        connect(TunnelOptions=both)
    connect(TunnelOptions=both[:1])
    other = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.8", BgpAsn=65010)["CustomerGateway"]
    with refused("InvalidCidr.InUse", "169.254.99.0/30", "another tunnel"):
        ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=other["CustomerGatewayId"],
            VpnGatewayId=vgw,
            Options={"TunnelOptions": both[:1]},
        )


def test_options_are_modified(ec2, connect, refused):
    vpn_id = connect()["VpnConnectionId"]
    changed = {"LocalIpv4NetworkCidr": "172.16.0.0/12", "RemoteIpv4NetworkCidr": "10.0.0.0/16"}
    reply = ec2.modify_vpn_connection_options(VpnConnectionId=vpn_id, **changed)["VpnConnection"]
    assert changed.items() <= reply["Options"].items() and reply["Options"]["StaticRoutesOnly"] is True
    assert describe(ec2, vpn_id)["Options"] == reply["Options"]
    with refused("InvalidParameterValue", "(172.16.0.1/12)", "LocalIpv4NetworkCidr"):
        ec2.modify_vpn_connection_options(VpnConnectionId=vpn_id, LocalIpv4NetworkCidr="172.16.0.1/12")
    with refused("InvalidVpnConnectionID.NotFound", "vpn-0123456789abcdef0"):
        ec2.modify_vpn_connection_options(VpnConnectionId="vpn-0123456789abcdef0", **changed)


def test_one_tunnel_is_modified_at_a_time(ec2, connect, refused):
    vpn = connect(TunnelOptions=[{"TunnelInsideCidr": "169.254.99.0/30"}, {"TunnelInsideCidr": "169.254.99.4/30"}])
    first, second = vpn["Options"]["TunnelOptions"]

    def modify(**options):
        return ec2.modify_vpn_tunnel_options(
            VpnConnectionId=vpn["VpnConnectionId"],
            VpnTunnelOutsideIpAddress=first["OutsideIpAddress"],
            TunnelOptions=options,
        )["VpnConnection"]

    changed = modify(PreSharedKey="another.secret", DPDTimeoutAction="restart", TunnelInsideCidr="169.254.99.0/30")
    wanted = first | {"PreSharedKey": "another.secret", "DpdTimeoutAction": "restart"}
    assert changed["Options"]["TunnelOptions"] == [wanted, second]
    tunnels = ElementTree.fromstring(changed["CustomerGatewayConfiguration"]).findall("ipsec_tunnel")
    assert tunnels[0].findtext("ike/pre_shared_key") == "another.secret"
    with refused("InvalidCidr.InUse", "169.254.99.4/30"):
        modify(TunnelInsideCidr="169.254.99.4/30")
    with refused("InvalidParameterValue", vpn["VpnConnectionId"], "192.0.2.1"):
        ec2.modify_vpn_tunnel_options(
            VpnConnectionId=vpn["VpnConnectionId"], VpnTunnelOutsideIpAddress="192.0.2.1", TunnelOptions={}
        )


def test_the_configuration_goes_with_the_connection(ec2, connect):
    vpn_id = connect()["VpnConnectionId"]
    assert "CustomerGatewayConfiguration" in describe(ec2, vpn_id)
    ec2.delete_vpn_connection(VpnConnectionId=vpn_id)
    assert "CustomerGatewayConfiguration" not in describe(ec2, vpn_id)


def test_creating_it_again_gives_the_same(connect):
    assert connect()["VpnConnectionId"] == connect()["VpnConnectionId"]


def test_connections_and_routes_take_time(ec2, connect, transitions):
    transitions(60)
    vpn = connect()
    vpn_id = vpn["VpnConnectionId"]
    assert vpn["State"] == "pending"
    assert {each["Status"] for each in vpn["VgwTelemetry"]} == {"DOWN"}
    transitions(0)
    assert describe(ec2, vpn_id)["State"] == "available"
    assert {each["Status"] for each in describe(ec2, vpn_id)["VgwTelemetry"]} == {"UP"}

    transitions(60)
    ec2.create_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock="172.16.0.0/16")
    [route] = describe(ec2, vpn_id)["Routes"]
    assert route == {"DestinationCidrBlock": "172.16.0.0/16", "Source": "Static", "State": "pending"}
    transitions(0)
    assert describe(ec2, vpn_id)["Routes"][0]["State"] == "available"
    assert {each["AcceptedRouteCount"] for each in describe(ec2, vpn_id)["VgwTelemetry"]} == {1}
    transitions(60)
    ec2.delete_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock="172.16.0.0/16")
    assert describe(ec2, vpn_id)["Routes"][0]["State"] == "deleting"
    transitions(0)
    assert describe(ec2, vpn_id)["Routes"] == []

    transitions(60)
    ec2.delete_vpn_connection(VpnConnectionId=vpn_id)
    assert describe(ec2, vpn_id)["State"] == "deleting"
    transitions(0)
    assert describe(ec2, vpn_id)["State"] == "deleted"


def test_what_cannot_be_routed(ec2, connect, cgw, vgw, network, refused):
    vpn_id = connect()["VpnConnectionId"]
    with refused("InvalidParameterValue", "172.16.0.1/16"):
        ec2.create_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock="172.16.0.1/16")
    with refused("InvalidRoute.NotFound", "172.16.0.0/16"):
        ec2.delete_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock="172.16.0.0/16")
    with refused("InvalidVpnConnectionID.NotFound", "vpn-0123456789abcdef0"):
        ec2.create_vpn_connection_route(VpnConnectionId="vpn-0123456789abcdef0", DestinationCidrBlock="172.16.0.0/16")
    ec2.delete_vpn_connection(VpnConnectionId=vpn_id)
    dynamic = connect(StaticRoutesOnly=False)["VpnConnectionId"]
    with refused("InvalidVpnConnection.InvalidType", dynamic):
        ec2.create_vpn_connection_route(VpnConnectionId=dynamic, DestinationCidrBlock="172.16.0.0/16")


def test_ends_in_use_stay(ec2, connect, cgw, vgw, network, refused):
    vpn_id = connect()["VpnConnectionId"]
    with refused("IncorrectState", "in use"):
        ec2.delete_customer_gateway(CustomerGatewayId=cgw)
    with refused("IncorrectState", vgw, network.vpc_id):
        ec2.delete_vpn_gateway(VpnGatewayId=vgw)
    ec2.detach_vpn_gateway(VpnGatewayId=vgw, VpcId=network.vpc_id)
    with refused("IncorrectState", vgw, vpn_id):
        ec2.delete_vpn_gateway(VpnGatewayId=vgw)
    ec2.delete_vpn_connection(VpnConnectionId=vpn_id)
    ec2.delete_vpn_gateway(VpnGatewayId=vgw)
    ec2.delete_customer_gateway(CustomerGatewayId=cgw)
    [gateway] = ec2.describe_vpn_gateways(VpnGatewayIds=[vgw])["VpnGateways"]
    assert gateway["State"] == "deleted"


def test_the_gateway_s_attachment_takes_time_and_is_to_one_vpc(ec2, network, transitions, refused):
    created = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]
    gateway_id = created["VpnGatewayId"]
    assert created["AmazonSideAsn"] == 64512

    def attachments():
        [gateway] = ec2.describe_vpn_gateways(VpnGatewayIds=[gateway_id])["VpnGateways"]
        return gateway["VpcAttachments"]

    def is_in(state):
        return attachments() == [{"VpcId": network.vpc_id, "State": state}]

    assert attachments() == []
    transitions(60)
    reply = ec2.attach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)
    assert reply["VpcAttachment"] == {"VpcId": network.vpc_id, "State": "attaching"}
    assert is_in("attaching")
    transitions(0)
    assert is_in("attached")
    other_vpc = ec2.create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    with refused("VpnGatewayAttachmentLimitExceeded", gateway_id, network.vpc_id):
        ec2.attach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=other_vpc)
    second = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("InvalidVpcState", network.vpc_id):
        ec2.attach_vpn_gateway(VpnGatewayId=second, VpcId=network.vpc_id)
    transitions(60)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)
    assert is_in("detaching")
    transitions(0)
    assert is_in("detached")
    with refused("InvalidVpnGatewayAttachment.NotFound", gateway_id, network.vpc_id):
        ec2.detach_vpn_gateway(VpnGatewayId=gateway_id, VpcId=network.vpc_id)


@pytest.fixture
def table(ec2, network):
    table_id = ec2.create_route_table(VpcId=network.vpc_id)["RouteTable"]["RouteTableId"]
    return lambda: ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]


def propagated(table: dict) -> dict[str, str]:
    return {
        route["DestinationCidrBlock"]: route["GatewayId"]
        for route in table["Routes"]
        if route["Origin"] == "EnableVgwRoutePropagation"
    }


def test_static_routes_of_an_available_connection_are_propagated(ec2, connect, network, vgw, table):
    table_id = table()["RouteTableId"]
    vpn_id = connect()["VpnConnectionId"]
    for destination in ("172.16.0.0/16", "192.168.8.0/24"):
        ec2.create_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock=destination)
    assert table()["PropagatingVgws"] == [] and propagated(table()) == {}

    ec2.enable_vgw_route_propagation(RouteTableId=table_id, GatewayId=vgw)
    assert table()["PropagatingVgws"] == [{"GatewayId": vgw}]
    assert propagated(table()) == {"172.16.0.0/16": vgw, "192.168.8.0/24": vgw}
    search = [{"Name": "route.origin", "Values": ["EnableVgw*"]}]
    assert [each["RouteTableId"] for each in ec2.describe_route_tables(Filters=search)["RouteTables"]] == [table_id]

    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="172.16.0.0/16", GatewayId=vgw)
    assert propagated(table()) == {"192.168.8.0/24": vgw}, "a static route has priority"

    ec2.disable_vgw_route_propagation(RouteTableId=table_id, GatewayId=vgw)
    assert table()["PropagatingVgws"] == [] and propagated(table()) == {}


def test_propagation_follows_connection_and_attachment(ec2, connect, network, vgw, table, transitions):
    ec2.enable_vgw_route_propagation(RouteTableId=table()["RouteTableId"], GatewayId=vgw)
    vpn_id = connect()["VpnConnectionId"]
    ec2.create_vpn_connection_route(VpnConnectionId=vpn_id, DestinationCidrBlock="172.16.0.0/16")
    assert propagated(table())
    ec2.delete_vpn_connection(VpnConnectionId=vpn_id)
    assert propagated(table()) == {}
    transitions(60)
    connect()
    assert propagated(table()) == {}, "a pending connection forwards nothing"


def test_only_the_attached_gateway_propagates(ec2, network, table, refused):
    loose = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("Gateway.NotAttached", loose, network.vpc_id):
        ec2.enable_vgw_route_propagation(RouteTableId=table()["RouteTableId"], GatewayId=loose)
    with refused("InvalidVpnGatewayID.NotFound", "vgw-0123456789abcdef0"):
        ec2.enable_vgw_route_propagation(RouteTableId=table()["RouteTableId"], GatewayId="vgw-0123456789abcdef0")
