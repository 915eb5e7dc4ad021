# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters that cannot be meant, each named with its value and a remedy; and those that can."""

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._guest.desired import Interface, confirm_host, from_parameters
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput

ETH0 = {
    "mac_address": "02:42:0A:00:00:0A",
    "private_ip_addresses": ["10.0.0.10", "10.0.0.21"],
    "subnet_cidr": "10.0.0.0/24",
    "role": "public",
    "management_prefixes": [],
}
ETH1 = {
    "mac_address": "02:42:0a:00:01:0a",
    "private_ip_addresses": [
        {"private_ip_address": "10.0.1.21", "primary": False},
        {"private_ip_address": "10.0.1.10", "primary": True},
    ],
    "subnet_cidr": "10.0.1.0/24",
    "role": "management",
    "management_prefixes": ["192.168.0.0/16"],
}


def parameters(eth0=None, eth1=None, **others):
    interfaces = [{**ETH0, **(eth0 or {})}, {**ETH1, **(eth1 or {})}]
    return {
        "interfaces": interfaces, "backend": "auto", "take_over": False, "table": 4000, "priority": 4000, "confirm_timeout": 60,
        "confirm_host": None, **others,
    }


def test_interfaces_as_ec2_eni_returns_them():
    assert from_parameters(parameters()).interfaces == (
        Interface("02:42:0a:00:00:0a", "public", ("10.0.0.10", "10.0.0.21"), "10.0.0.0/24", 4000),
        Interface(
            "02:42:0a:00:01:0a", "management", ("10.0.1.10", "10.0.1.21"), "10.0.1.0/24", 4001, ("192.168.0.0/16",)),
    )


def test_ipv6_prefixes_and_routes_as_ec2_eni_returns_them():
    given = {
        "ipv6_addresses": [{"ipv6_address": "2001:db8::10"}, {"ipv6_address": "2001:db8::11"}],
        "subnet_ipv6_cidr": "2001:db8::/64",
        "ipv4_prefixes": [{"ipv4_prefix": "10.0.1.64/28"}],
        "ipv6_prefixes": [{"ipv6_prefix": "2001:db8:0:0:1::/80"}],
        "routes": [{"destination": "10.9.0.0/16", "gateway": "10.0.1.9"}, {"destination": "fd00:c::/48"}],
    }
    interface = from_parameters(parameters(eth1=given)).interfaces[1]
    assert interface.ipv6_addresses == ("2001:db8::10", "2001:db8::11")
    assert interface.delegated == ("10.0.1.64/28", "2001:db8:0:0:1::/80")
    assert interface.routes == (("10.9.0.0/16", "10.0.1.9"), ("fd00:c::/48", ""))
    assert interface.sources == (
        "10.0.1.10", "10.0.1.21", "2001:db8::10", "2001:db8::11", "10.0.1.64/28", "2001:db8:0:0:1::/80")


def test_gateway_is_the_subnets_first_host():
    eth0 = {"private_ip_addresses": ["10.0.0.70"], "subnet_cidr": "10.0.0.64/26"}
    assert from_parameters(parameters(eth0)).interfaces[0].gateway == "10.0.0.65"


def test_confirm_host_is_the_first_management_interfaces_primary_address():
    assert confirm_host(from_parameters(parameters()).interfaces) == "10.0.1.10"
    assert confirm_host(from_parameters({**parameters(), "interfaces": [ETH0]}).interfaces) == ""


@pytest.mark.parametrize(("given", "message"), [
    (parameters({"mac_address": "eth0"}),
     "interfaces[0].mac_address: 'eth0' is not a MAC address, such as 02:42:0a:00:01:0a"),
    (parameters({"subnet_cidr": "10.0.0.5/24"}),
     "interfaces[0].subnet_cidr: '10.0.0.5/24' is not written as a network; did you mean 10.0.0.0/24?"),
    (parameters({"subnet_cidr": "fd00::/64"}),
     "interfaces[0].subnet_cidr: 'fd00::/64' is not an IPv4 network, such as 10.0.1.0/24"),
    (parameters({"subnet_cidr": "10.0.0.0/8"}),
     "interfaces[0].subnet_cidr: '10.0.0.0/8' is no subnet of a VPC, which are from /16 to /28"),
    (parameters({"private_ip_addresses": []}),
     "interfaces[0].private_ip_addresses: it is empty; list the interface's addresses, the primary one first"),
    (parameters({"private_ip_addresses": ["10.0.9.9"]}),
     "interfaces[0].private_ip_addresses: '10.0.9.9' is not in subnet_cidr 10.0.0.0/24; correct one of the two"),
    (parameters({"private_ip_addresses": ["fd00::1"]}),
     "interfaces[0].private_ip_addresses: 'fd00::1' is not an IPv4 address, such as 10.0.1.10"),
    (parameters({"private_ip_addresses": [{"primary": True}]}),
     "interfaces[0].private_ip_addresses: '' is not an IPv4 address, such as 10.0.1.10"),
    (parameters({"role": "management"}),
     "interfaces: 0 have role public; exactly one must, the one whose subnet has the way to the Internet"),
    (parameters(eth1={"role": "public", "management_prefixes": []}),
     "interfaces: 2 have role public: 02:42:0A:00:00:0A, 02:42:0a:00:01:0a; exactly one must, the one whose subnet has "
     "the way to the Internet"),
    (parameters({"management_prefixes": ["192.168.0.0/16"]}),
     "interfaces[0].management_prefixes: 192.168.0.0/16 on an interface with role public; list them on one with role "
     "management"),
    (parameters(eth1={"management_prefixes": ["0.0.0.0/0"]}),
     "interfaces[1].management_prefixes: '0.0.0.0/0' is everything, and the default route belongs to the public "
     "interface; list the networks behind this one, such as 192.168.0.0/16"),
    (parameters(eth1={"management_prefixes": ["192.168.0.0/16", "192.168.0.0/16"]}),
     "management_prefixes: '192.168.0.0/16' of 02:42:0a:00:01:0a overlaps '192.168.0.0/16' of 02:42:0a:00:01:0a; each "
     "destination leaves by one interface: list it on one"),
    (parameters(eth1={"management_prefixes": ["10.0.0.128/25"]}),
     "management_prefixes: '10.0.0.128/25' of 02:42:0a:00:01:0a is in 10.0.0.0/24, the subnet of the public interface "
     "02:42:0a:00:00:0a; leave it out"),
    (parameters(eth1={"mac_address": "02:42:0a:00:00:0a"}),
     "mac_address: '02:42:0a:00:00:0a' is listed twice; list it once"),
    (parameters({"private_ip_addresses": ["10.0.0.10", "10.0.0.10"]}),
     "private_ip_addresses: '10.0.0.10' is listed twice; list it once"),
    (parameters(eth1={"ipv6_addresses": ["2001:db8::10"]}),
     "interfaces[1].subnet_ipv6_cidr: it is missing; with ipv6_addresses, give the IPv6 CIDR block of the subnet"),
    (parameters(eth1={"ipv6_addresses": ["2001:DB8::10"], "subnet_ipv6_cidr": "2001:db8::/64"}),
     "interfaces[1].ipv6_addresses: '2001:DB8::10' is not written as the kernel does; write 2001:db8::10"),
    (parameters(eth1={"subnet_ipv6_cidr": "10.0.1.0/24"}),
     "interfaces[1].subnet_ipv6_cidr: '10.0.1.0/24' is not an IPv6 network, such as 2001:db8::/64"),
    (parameters(eth1={"ipv4_prefixes": ["10.0.1.70/28"]}),
     "interfaces[1].ipv4_prefixes: '10.0.1.70/28' is not written as a network; did you mean 10.0.1.64/28?"),
    (parameters(eth1={"management_prefixes": ["fd00:c::/48"]}),
     "interfaces[1].management_prefixes: 'fd00:c::/48' is IPv6, which this interface has not; give ipv6_addresses and "
     "subnet_ipv6_cidr"),
    (parameters({"routes": [{"destination": "10.9.0.0/16", "gateway": "2001:db8::1"}]}),
     "interfaces[0].routes.gateway: '2001:db8::1' is no address of the family of 10.9.0.0/16; give a host of the "
     "subnet, or leave it out for the subnet's router"),
    (parameters({"routes": [{"destination": "192.168.1.0/24"}]}),
     "management_prefixes: '192.168.0.0/16' of 02:42:0a:00:01:0a overlaps '192.168.1.0/24' of 02:42:0a:00:00:0a; each "
     "destination leaves by one interface: list it on one"),
    (parameters(table=4901),
     "table: 4901 takes the numbers up to 5000; all must be from 4000 to 4999"),
    (parameters(priority=3999),
     "priority: 3999 takes the numbers up to 4199; all must be from 4000 to 4999"),
    (parameters(confirm_timeout=5), "confirm_timeout: 5 s; use 20 to 3600 s"),
    (parameters(confirm_host="-oProxyCommand=reboot"),
     "confirm_host: '-oProxyCommand=reboot' is neither an address nor a host name, such as 10.0.1.10"),
])
def test_bad_input(given, message):
    with pytest.raises(BadInput) as raised:
        from_parameters(given)
    assert raised.value.problems == [message]


def test_overlapping_prefixes_of_two_management_interfaces():
    eth2 = {
        **ETH1, "mac_address": "02:42:0a:00:02:0a", "private_ip_addresses": ["10.0.2.10"], "subnet_cidr": "10.0.2.0/24",
        "management_prefixes": ["192.168.7.0/24"],
    }
    with pytest.raises(BadInput) as raised:
        from_parameters({**parameters(), "interfaces": [ETH0, ETH1, eth2]})
    assert raised.value.problems == [
        "management_prefixes: '192.168.7.0/24' of 02:42:0a:00:02:0a overlaps '192.168.0.0/16' of 02:42:0a:00:01:0a; "
        "each destination leaves by one interface: list it on one"
    ]


def test_all_problems_at_once():
    with pytest.raises(BadInput) as raised:
        from_parameters(parameters({"mac_address": "x", "private_ip_addresses": ["y"]}, table=1))
    assert len(raised.value.problems) == 3
