# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Gateway endpoints: routes to a service's prefix list, which AWS keeps."""

from __future__ import annotations

import pytest

from .conftest import REGION, Network
from .privatelink import Consumer

S3 = f"com.amazonaws.{REGION}.s3"


@pytest.fixture
def consumer(ec2):
    return Consumer(ec2, zones="a")


@pytest.fixture
def gateway(consumer):
    """gateway(**parameters): a gateway endpoint for S3."""
    return lambda **parameters: consumer.endpoint("s3", "", VpcEndpointType=None, **parameters)


@pytest.fixture
def route_table(ec2, consumer):
    return lambda: ec2.create_route_table(VpcId=consumer.vpc_id)["RouteTable"]["RouteTableId"]


@pytest.fixture
def prefix_list_id(ec2):
    [found] = ec2.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [S3]}])["PrefixLists"]
    assert found["Cidrs"] and found["PrefixListName"] == S3
    return found["PrefixListId"]


def routes(ec2, route_table_id: str) -> list[dict]:
    [table] = ec2.describe_route_tables(RouteTableIds=[route_table_id])["RouteTables"]
    return [route for route in table["Routes"] if route.get("GatewayId") != "local"]


def test_it_is_a_route_in_each_of_its_tables(ec2, consumer, gateway, route_table, prefix_list_id):
    one, two, three = route_table(), route_table(), route_table()
    made = gateway(RouteTableIds=[one, two])
    assert made["VpcEndpointType"] == "Gateway", "the default"
    assert set(made["RouteTableIds"]) == {one, two}
    assert made["SubnetIds"] == made["Groups"] == made["NetworkInterfaceIds"] == made["DnsEntries"] == []
    assert made["PrivateDnsEnabled"] is False and '"2008-10-17"' in made["PolicyDocument"]
    route = {
        "DestinationPrefixListId": prefix_list_id,
        "GatewayId": made["VpcEndpointId"],
        "Origin": "CreateRoute",
        "State": "active",
    }
    assert routes(ec2, one) == routes(ec2, two) == [route] and routes(ec2, three) == []

    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], AddRouteTableIds=[three], RemoveRouteTableIds=[one])
    assert set(consumer.described(made["VpcEndpointId"])["RouteTableIds"]) == {two, three}
    assert routes(ec2, one) == [] and routes(ec2, three) == [route]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert routes(ec2, two) == routes(ec2, three) == []


def test_a_table_has_one_route_to_a_prefix_list(ec2, gateway, route_table, prefix_list_id, refused):
    table = route_table()
    first = gateway(RouteTableIds=[table])["VpcEndpointId"]
    with refused("RouteAlreadyExists", table, prefix_list_id):
        gateway(RouteTableIds=[route_table(), table])
    second = gateway()["VpcEndpointId"]
    with refused("RouteAlreadyExists", table, prefix_list_id):
        ec2.modify_vpc_endpoint(VpcEndpointId=second, AddRouteTableIds=[table])
    ec2.modify_vpc_endpoint(VpcEndpointId=first, RemoveRouteTableIds=[table])
    ec2.modify_vpc_endpoint(VpcEndpointId=second, AddRouteTableIds=[table])
    assert [route["GatewayId"] for route in routes(ec2, table)] == [second]


def test_its_routes_are_not_changed_as_routes(ec2, gateway, route_table, prefix_list_id, refused):
    table = route_table()
    gateway(RouteTableIds=[table])
    before = routes(ec2, table)
    for change in (ec2.delete_route, ec2.replace_route):
        with refused("InvalidParameterValue", "VPC endpoint route", prefix_list_id, table):
            change(RouteTableId=table, DestinationPrefixListId=prefix_list_id)
    assert routes(ec2, table) == before
    ec2.delete_route_table(RouteTableId=table)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["RouteTableIds"] == []


@pytest.mark.parametrize(
    ("wrong", "code", "part"),
    [
        ({"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidParameter", "SubnetIds"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidParameter", "SecurityGroupIds"),
        ({"PrivateDnsEnabled": True}, "InvalidParameter", "PrivateDnsEnabled"),
        ({"RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidRouteTableID.NotFound", "rtb-0123456789abcdef0"),
        ({"ServiceName": f"com.amazonaws.{REGION}.ssm"}, "InvalidParameter", "available service types ([Interface])"),
    ],
)
def test_what_it_cannot_be(gateway, refused, wrong, code, part):
    with refused(code, part):
        gateway(**wrong)
    assert gateway(PrivateDnsEnabled=False)["State"] == "available"


@pytest.mark.parametrize(
    "wrong",
    [
        {"AddSubnetIds": ["subnet-0123456789abcdef0"]},
        {"RemoveSecurityGroupIds": ["sg-0123456789abcdef0"]},
        {"SubnetConfigurations": [{"SubnetId": "subnet-0123456789abcdef0", "Ipv4": "10.0.0.9"}]},
        {"PrivateDnsEnabled": True},
    ],
)
def test_what_it_cannot_become(ec2, gateway, refused, wrong):
    made = gateway()
    [member] = wrong
    with refused("InvalidParameter", member.removeprefix("Add").removeprefix("Remove"), "type Gateway"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], **wrong)
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], PolicyDocument='{"Statement": []}')
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], ResetPolicy=True)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == [made]


def test_a_table_of_another_vpc(ec2, consumer, gateway, refused):
    other = ec2.create_route_table(VpcId=Network(ec2).vpc_id)["RouteTable"]["RouteTableId"]
    with refused("InvalidParameter", other, consumer.vpc_id):
        gateway(RouteTableIds=[other])


def test_a_vpc_with_one_stays(ec2, consumer, gateway, refused):
    endpoint_id = gateway()["VpcEndpointId"]
    ec2.delete_subnet(SubnetId=consumer.subnets["a"])
    with refused("DependencyViolation", consumer.vpc_id):
        ec2.delete_vpc(VpcId=consumer.vpc_id)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    ec2.delete_vpc(VpcId=consumer.vpc_id)


def test_prefix_lists_of_the_services(ec2, prefix_list_id, refused):
    [managed] = ec2.describe_managed_prefix_lists(PrefixListIds=[prefix_list_id])["PrefixLists"]
    assert managed["PrefixListName"] == S3 and managed["OwnerId"] == "AWS"
    own = ec2.create_managed_prefix_list(PrefixListName="own", MaxEntries=1, AddressFamily="IPv4")["PrefixList"]
    listed = {each["PrefixListName"] for each in ec2.describe_prefix_lists()["PrefixLists"]}
    assert {S3, f"com.amazonaws.{REGION}.dynamodb"} <= listed and own["PrefixListName"] not in listed
    for describe in (ec2.describe_prefix_lists, ec2.describe_managed_prefix_lists):
        with refused("InvalidPrefixListID.NotFound", "pl-0123456789abcdef0"):
            describe(PrefixListIds=["pl-0123456789abcdef0"])
