# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The places where the lab takes hold of moto. When one of these fails after an update, moto has moved it."""

from __future__ import annotations

import inspect
from importlib.metadata import version

from moto.acm import models as acm_models
from moto.core import errors, serialize
from moto.core.base_backend import BaseBackend
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2 import models, responses, urls
from moto.ec2.models import elastic_ip_addresses, instances, route_tables, subnets
from moto.elb import urls as elb_urls
from moto.elbv2 import models as elbv2_models
from moto.elbv2 import responses as elbv2_responses
from moto.moto_server import werkzeug_app
from moto.route53 import models as route53_models
from moto.route53 import responses as route53_responses
from moto.route53 import urls as route53_urls

from lab.cloud import acm, ec2, elbv2, route53


def test_the_version_is_one_the_lab_was_written_for():
    assert version("moto").split(".")[:2] == ["5", "2"]


def test_the_lab_s_ec2_is_the_one_that_is_served(client):
    client("ec2").describe_vpcs()
    assert models.ec2_backends["111122223333"]["us-east-1"].__class__ is ec2.EC2Backend
    assert urls.url_paths["{0}/"].__self__ is ec2.EC2Response
    assert isinstance(vars(BaseBackend)["_url_module"], property)


def test_the_lab_s_load_balancing_is_the_one_that_is_served(client):
    client("elbv2").describe_load_balancers()
    assert elbv2_models.elbv2_backends["111122223333"]["us-east-1"].__class__ is elbv2.ELBv2Backend
    assert elb_urls.ELBV2Response is elbv2.ELBV2Response
    assert "ELBV2Response" in elb_urls.api_version_elb_backend.__code__.co_names
    assert elbv2_models.FakeTargetGroup is elbv2.TargetGroup


def test_the_lab_s_route_53_is_the_one_that_is_served(client):
    client("route53").list_hosted_zones()
    assert route53_models.route53_backends["111122223333"]["aws"].__class__ is route53.Route53Backend
    assert {each.__self__ for each in route53_urls.url_paths.values()} == {route53.Route53Response}


def test_the_lab_s_certificates_are_those_that_are_served(client):
    arn = client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    backend = acm_models.acm_backends["111122223333"]["us-east-1"]
    assert backend.get_certificate(arn).__class__ is acm_models.CertBundle is acm.Certificate


def test_moto_makes_objects_of_the_lab_s_classes(network, subnet_id):
    backend = models.ec2_backends["111122223333"]["us-east-1"]
    network.instance(subnet_id)
    allocation_id = network.ec2.allocate_address()["AllocationId"]
    assert backend.get_subnet(subnet_id).__class__ is subnets.Subnet is ec2.Subnet
    assert backend.all_instances()[0].__class__ is instances.Instance is ec2.Instance
    assert backend.by_allocation[allocation_id].__class__ is elastic_ip_addresses.ElasticAddress is ec2.ElasticAddress
    table = backend.route_tables[next(iter(backend.route_tables))]
    assert table.__class__ is route_tables.RouteTable is ec2.RouteTable
    assert table.routes[0].__class__ is route_tables.Route is ec2.Route


def test_every_handler_and_rule_of_moto_that_the_lab_replaces_is_still_there():
    for ours, theirs, own in (
        (ec2.EC2Response, responses.EC2Response, NEW_OPERATIONS),
        (ec2.EC2Backend, models.EC2Backend, NEW_RULES),
        (route53.Route53Response, route53_responses.Route53, NEW_ROUTE53_OPERATIONS),
        (route53.Route53Backend, route53_models.Route53Backend, NEW_ROUTE53_RULES),
        (elbv2.ELBV2Response, elbv2_responses.ELBV2Response, set()),
        (elbv2.ELBv2Backend, elbv2_models.ELBv2Backend, NEW_LOAD_BALANCING_RULES),
    ):
        mixins = ours.__mro__[1 : ours.__mro__.index(theirs)]
        defined = {name for each in mixins for name in vars(each) if not name.startswith("_")}
        new = {name for name in defined if not hasattr(theirs, name)}
        assert new - own - {"params", "ec2_backend"} == set()


#: What moto does not have at all.
NEW_OPERATIONS = {
    "accept_vpc_endpoint_connections",
    "caller_arn",
    "create_network_interface_permission",
    "create_vpc_endpoint_connection_notification",
    "create_vpn_connection_route",
    "delete_network_interface_permission",
    "delete_vpc_endpoint_connection_notifications",
    "delete_vpn_connection_route",
    "describe_network_interface_permissions",
    "describe_vpc_endpoint_associations",
    "describe_vpc_endpoint_connection_notifications",
    "describe_vpc_endpoint_connections",
    "modify_vpc_endpoint_connection_notification",
    "modify_vpc_endpoint_service_payer_responsibility",
    "modify_vpn_connection_options",
    "modify_vpn_tunnel_options",
    "named_endpoint_service",
    "reject_vpc_endpoint_connections",
    "start_vpc_endpoint_service_private_dns_verification",
    "enable_vgw_route_propagation",
    "disable_vgw_route_propagation",
    "modify_public_ip_dns_name_options",
}
NEW_RULES = {
    "accept_endpoint_connection",
    "add_endpoint_routes",
    "amis",
    "associable_interface",
    "attachable_interface",
    "auto_assign_public_ip",
    "create_connection_notification",
    "create_endpoint_service",
    "create_vpn_connection_route",
    "delete_connection_notification",
    "delete_endpoint_service",
    "delete_vpc_endpoint",
    "delete_vpn_connection_route",
    "disassociate_addresses_of",
    "endpoint_connections",
    "endpoint_route_tables",
    "endpoint_subnets",
    "follow_address",
    "forget_endpoint_service",
    "free_ipv6_block",
    "gateway_vpc",
    "get_connection_notification",
    "get_endpoint_service",
    "get_endpoint_service_permission",
    "get_network_interface_permission",
    "grant",
    "has_terminated",
    "join",
    "live_vpn_connection",
    "live_vpn_gateway",
    "make_endpoint_interfaces",
    "make_network_interface",
    "make_vpc_endpoint",
    "make_vpn_connection",
    "modify_connection_notification",
    "modify_endpoint_service",
    "modify_endpoint_service_permissions",
    "modify_vpn_connection_options",
    "modify_vpn_tunnel_options",
    "network_interface_groups",
    "own_address",
    "part",
    "reject_endpoint_connection",
    "remove_endpoint_routes",
    "revoke",
    "route_tables_of",
    "security_group_by_name",
    "service_for_endpoint",
    "visible_services",
    "vpc_of",
    "zone_names",
}


NEW_LOAD_BALANCING_RULES = {
    "get_load_balancer",
    "make_load_balancer",
    "place_load_balancer",
    "target_group_arns_of",
}


NEW_ROUTE53_OPERATIONS = {
    "create_vpc_association_authorization",
    "delete_vpc_association_authorization",
    "list_vpc_association_authorizations",
}
NEW_ROUTE53_RULES = {
    "access_denied",
    "associate",
    "authorize",
    "check_free",
    "deauthorize",
    "disassociate",
    "find_hosted_zone",
    "hosted_zones_of",
    "submit_change",
}


def test_signatures_that_the_lab_calls_or_overrides():
    def parameters(function):
        return list(inspect.signature(function).parameters)

    assert parameters(BaseResponse.serialized) == ["self", "action_result"]
    assert parameters(BaseResponse.call_action) == ["self"]
    assert parameters(ActionResult.execute_result) == ["self", "context"]
    assert parameters(instances.Instance.__mro__[1].prep_nics)[:2] == ["self", "nic_spec"]
    assert parameters(serialize.AttributePickerContext)[:3] == ["obj", "key", "shape"]
    assert parameters(werkzeug_app.DomainDispatcherApplication) == ["create_app"]
    assert parameters(models.EC2Backend._load_amis) == ["self"]
    assert isinstance(errors.COMMON_ERROR_CODES, list)
    assert parameters(models.is_valid_resource_id) == ["resource_id"]
