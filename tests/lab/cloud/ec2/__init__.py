# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""EC2 networking as AWS documents it, on moto's EC2.

Every call goes through ``dispatch`` (dry runs, client tokens, visibility). A describe is searched and paged by
``describe``, with the ``filters`` of AWS's documentation and what ``replies`` knows of each operation; ``xml_writer``
writes what handlers reply as plain dicts. ``unmodelled`` answers for what moto only pretends to have.

Each other file is a resource, a side of one, or rules that several share. Resources are mixins of moto's backend (state
and rules) and of its response class (a handler for each operation, where ``self.params`` and the reply have botocore's
members); a handler that is not here is moto's.
"""

from __future__ import annotations

from moto.ec2 import models, responses, urls
from moto.ec2.models import elastic_ip_addresses as moto_elastic_ip_addresses
from moto.ec2.models import instances as moto_instances
from moto.ec2.models import route_tables as moto_route_tables
from moto.ec2.models import subnets as moto_subnets
from moto.ec2.models import vpcs as moto_vpcs

from ..visibility import visibility
from .address_assignments import AddressAssignmentHandlers, AddressAssignments
from .attachments import AttachmentHandlers, Attachments
from .cidr_blocks import CidrBlocks, amazon_provided_ipv6
from .connection_notifications import ConnectionNotificationHandlers, ConnectionNotifications
from .customer_gateways import CustomerGatewayHandlers, CustomerGateways
from .dispatch import ClientTokens, Dispatch
from .elastic_addresses import ElasticAddress, ElasticAddresses, ElasticAddressHandlers
from .endpoint_associations import EndpointAssociationHandlers
from .endpoint_changes import EndpointChangeHandlers, EndpointChanges
from .endpoint_connections import EndpointConnectionHandlers, EndpointConnections
from .endpoint_interfaces import EndpointInterfaces
from .endpoint_routes import EndpointRoutes
from .endpoint_service_permissions import EndpointServicePermissionHandlers, EndpointServicePermissions
from .endpoint_services import EndpointServiceHandlers, EndpointServices
from .endpoints import VpcEndpointHandlers, VpcEndpoints
from .images import Images
from .instances import Instance, InstanceHandlers, Instances
from .internet_gateways import InternetGateways
from .key_pairs import KeyPairs
from .launches import LaunchHandlers
from .network_interface_attributes import NetworkInterfaceAttributeHandlers
from .network_interfaces import NetworkInterfaceHandlers, NetworkInterfaces
from .permissions import NetworkInterfacePermissionHandlers, NetworkInterfacePermissions
from .prefix_lists import PrefixListHandlers, PrefixLists
from .requester_managed import RequesterManaged
from .route_tables import Route, RouteTable, RouteTableHandlers, RouteTables
from .security_groups import SecurityGroups
from .service_discovery import ServiceDiscovery, ServiceDiscoveryHandlers
from .subnets import Subnet, Subnets
from .tags import Tags, is_valid_resource_id
from .unmodelled import Unmodelled
from .vpcs import Vpcs
from .vpn_connections import VpnConnectionHandlers, VpnConnections
from .vpn_gateways import VpnGateways
from .zones import Zones


class EC2Backend(
    AddressAssignments,
    Attachments,
    CidrBlocks,
    ClientTokens,
    ConnectionNotifications,
    CustomerGateways,
    ElasticAddresses,
    EndpointChanges,
    EndpointConnections,
    EndpointInterfaces,
    EndpointRoutes,
    EndpointServicePermissions,
    EndpointServices,
    Images,
    Instances,
    InternetGateways,
    KeyPairs,
    NetworkInterfacePermissions,
    NetworkInterfaces,
    PrefixLists,
    RequesterManaged,
    RouteTables,
    SecurityGroups,
    ServiceDiscovery,
    Subnets,
    Tags,
    VpcEndpoints,
    Vpcs,
    VpnConnections,
    VpnGateways,
    Zones,
    models.EC2Backend,
):
    """The state of one account in one region."""

    def __init__(self, region_name: str, account_id: str):
        # First: moto's constructor already makes the default VPC.
        Attachments.__init__(self)
        ClientTokens.__init__(self)
        ConnectionNotifications.__init__(self)
        ElasticAddresses.__init__(self)
        EndpointServices.__init__(self)
        Instances.__init__(self)
        NetworkInterfacePermissions.__init__(self)
        Zones.__init__(self, region_name, account_id)
        # The default VPC is none of the creations of the account's first call, which brings it here.
        with visibility.creating(False):
            models.EC2Backend.__init__(self, region_name, account_id)


class EC2Response(
    Unmodelled,
    Dispatch,
    AddressAssignmentHandlers,
    AttachmentHandlers,
    ConnectionNotificationHandlers,
    CustomerGatewayHandlers,
    ElasticAddressHandlers,
    EndpointAssociationHandlers,
    EndpointChangeHandlers,
    EndpointConnectionHandlers,
    EndpointServiceHandlers,
    EndpointServicePermissionHandlers,
    InstanceHandlers,
    LaunchHandlers,
    NetworkInterfaceAttributeHandlers,
    NetworkInterfaceHandlers,
    NetworkInterfacePermissionHandlers,
    PrefixListHandlers,
    RouteTableHandlers,
    ServiceDiscoveryHandlers,
    VpcEndpointHandlers,
    VpnConnectionHandlers,
    responses.EC2Response,
):
    """The operations."""


def install() -> None:
    """Put the lab's EC2 in the place of moto's, before the first request; again makes no difference."""
    models.ec2_backends.backend = EC2Backend
    urls.url_paths["{0}/"] = EC2Response.dispatch
    # moto derives the URLs from the backend class's module, which is ours now.
    EC2Backend._url_module = urls
    # moto's checks and factories look these up in their own modules.
    models.is_valid_resource_id = is_valid_resource_id
    moto_elastic_ip_addresses.ElasticAddress = ElasticAddress
    moto_instances.Instance = Instance
    moto_route_tables.Route = Route
    moto_route_tables.RouteTable = RouteTable
    moto_subnets.Subnet = Subnet
    moto_vpcs.random_ipv6_cidr = amazon_provided_ipv6
