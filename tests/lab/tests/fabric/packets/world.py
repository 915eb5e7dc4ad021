# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A network in the lab cloud for packets to cross."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import subprocess
import urllib.request
from collections.abc import Iterator

import boto3

from lab import netns
from lab.fabric import Fabric, names
from lab.fabric.description import NetworkInterface
from lab.tests.polling import eventually

ACCOUNT, SECRET = "123456789012", "secret-of-the-lab-cloud"
ANY_ADDRESS = [{"CidrIp": "0.0.0.0/0"}]
ANY_IPV6_ADDRESS = [{"CidrIpv6": "::/0"}]


class World:
    """VPC 10.0.0.0/16: a public subnet, a management subnet behind a VPN, what a dual-homed server needs."""

    def __init__(self, url: str):
        self.url = url
        self.ec2 = boto3.client(
            "ec2",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=SECRET,
        )
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.public_subnet = self._subnet("10.0.0.0/24")
        self.management_subnet = self._subnet("10.0.1.0/24")
        self.public_table = self._route_table(self.public_subnet)
        self.management_table = self._route_table(self.management_subnet)
        self.web = self._group("web", [("tcp", 80, ANY_ADDRESS)])
        self.management = self._group("management", [("tcp", 22, [{"CidrIp": "192.168.0.0/16"}])])
        self._internet_gateway()
        self._vpn()

    def _subnet(self, cidr: str) -> str:
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a")
        return subnet["Subnet"]["SubnetId"]

    def _route_table(self, subnet: str) -> str:
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table

    def _group(self, name: str, rules: list) -> str:
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        self.ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {"IpProtocol": protocol, "FromPort": port, "ToPort": port, "IpRanges": ranges}
                for protocol, port, ranges in rules
            ],
        )
        return group

    def _internet_gateway(self) -> None:
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.ec2.create_route(RouteTableId=self.public_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.internet_gateway = gateway

    def _vpn(self) -> None:
        gateway = self.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        self.ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=self.vpc)
        eventually(lambda: self._attached(gateway))
        customer = self.ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65000, IpAddress=names.CORPORATE_ADDRESS)
        connection = self.ec2.create_vpn_connection(
            Type="ipsec.1",
            VpnGatewayId=gateway,
            Options={"StaticRoutesOnly": True},
            CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
        )["VpnConnection"]["VpnConnectionId"]
        self.ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock="192.168.0.0/16")
        self.ec2.create_route(RouteTableId=self.management_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)

    def _attached(self, vpn_gateway: str) -> bool:
        described = self.ec2.describe_vpn_gateways(VpnGatewayIds=[vpn_gateway])["VpnGateways"][0]
        return [attachment["State"] for attachment in described["VpcAttachments"]] == ["attached"]

    def add_ipv6(self) -> None:
        """Both subnets get a block, the public one a way to the Internet and back, the management one a way out.

        Interfaces made from now on have an address of it. The groups admit by IPv6 what they admit by IPv4, and
        management from all of the VPC.
        """
        self.ec2.associate_vpc_cidr_block(VpcId=self.vpc, AmazonProvidedIpv6CidrBlock=True)
        [vpc] = self.ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"]
        block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        cidrs = ipaddress.ip_network(block).subnets(new_prefix=64)
        for subnet, cidr in zip((self.public_subnet, self.management_subnet), cidrs):
            self.ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=str(cidr))
            self.ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
        made = self.ec2.create_egress_only_internet_gateway(VpcId=self.vpc)["EgressOnlyInternetGateway"]
        out = {"EgressOnlyInternetGatewayId": made["EgressOnlyInternetGatewayId"]}
        for table, target in ((self.public_table, {"GatewayId": self.internet_gateway}), (self.management_table, out)):
            self.ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", **target)
        for group, port, ranges in ((self.web, 80, ANY_IPV6_ADDRESS), (self.management, 22, [{"CidrIpv6": block}])):
            admitted = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Ipv6Ranges": ranges}
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[admitted])
            everything = {"IpProtocol": "-1", "Ipv6Ranges": ANY_IPV6_ADDRESS}
            self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[everything])

    def launch(self, **parameters) -> str:
        """A server with eth0 in the public subnet, running; `parameters` are those of RunInstances that differ."""
        usual = {
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.small",
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": self.public_subnet,
            "SecurityGroupIds": [self.web],
        }
        instance = self.ec2.run_instances(**usual | parameters)["Instances"][0]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]], WaiterConfig={"Delay": 1})
        return instance["InstanceId"]

    def network_interface(self, subnet: str, group: str) -> str:
        made = self.ec2.create_network_interface(SubnetId=subnet, Groups=[group])
        eni = made["NetworkInterface"]["NetworkInterfaceId"]
        self.ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[eni], WaiterConfig={"Delay": 1})
        return eni

    def elastic_address(self, eni: str) -> str:
        allocated = self.ec2.allocate_address(Domain="vpc")
        self.ec2.associate_address(AllocationId=allocated["AllocationId"], NetworkInterfaceId=eni)
        return allocated["PublicIp"]

    @contextlib.contextmanager
    def allowed(self, group: str, permission: dict) -> Iterator[None]:
        """An ingress rule for the length of the block."""
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        yield
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])

    @contextlib.contextmanager
    def transition(self, seconds: float) -> Iterator[None]:
        """States that take time take this long for the length of the block."""
        self._set_transition_seconds(seconds)
        yield
        self._set_transition_seconds(0.5)

    def _set_transition_seconds(self, seconds: float) -> None:
        body = json.dumps({"transition_seconds": seconds}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_lab/settings", body, method="PUT")).close()

    def network_acl(self, subnet: str) -> str:
        acls = self.ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])
        return acls["NetworkAcls"][0]["NetworkAclId"]

    def described(self, eni: str) -> dict:
        return self.ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]


class Server:
    """An instance as the fabric sees it now."""

    def __init__(self, fabric: Fabric, instance: str):
        self.fabric, self.id, self.namespace = fabric, instance, names.namespace(instance)

    def eni(self, device_index: int) -> NetworkInterface | None:
        """None until the fabric has plugged it in."""
        attached = self.fabric.description.attached(instance_id=self.id)
        return next((eni for eni in attached if eni.device_index == device_index), None)

    def address(self, device_index: int) -> str:
        return self.eni(device_index).addresses[0]

    @property
    def public_address(self) -> str:
        eni = self.eni(0)
        return eni.public[eni.addresses[0]]

    def ip(self, *arguments: str) -> str:
        done = subprocess.run(["ip", "-n", self.namespace, *arguments], capture_output=True, text=True, check=True)
        return done.stdout


def metadata(server: Server, path: str, endpoint: str = "169.254.169.254") -> str:
    """As a guest's agent asks for it. Raises CalledProcessError when it is refused."""
    base = ["curl", "--silent", "--fail", "--globoff", "--max-time", "5"]
    token = ["--request", "PUT", "--header", "X-aws-ec2-metadata-token-ttl-seconds: 60"]
    options = {"capture_output": True, "text": True, "check": True}
    given = netns.run(server.namespace, [*base, *token, f"http://{endpoint}/latest/api/token"], **options).stdout
    header = ["--header", f"X-aws-ec2-metadata-token: {given}"]
    return netns.run(server.namespace, [*base, *header, f"http://{endpoint}/latest/{path}"], **options).stdout
