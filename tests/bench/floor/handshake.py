# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The handshake of PrivateLink by hand, in both accounts."""

from __future__ import annotations

from typing import Any

import boto3
from bench.floor import script


def main() -> None:
    job = script.job()
    provider, consumer = (_session(job[f"endpoint_{side}_credentials"]) for side in ("provider", "consumer"))
    provider_ec2, consumer_ec2 = _client(provider, "ec2"), _client(consumer, "ec2")
    service = _service(provider_ec2, _client(provider, "elbv2"), job)
    endpoint = _endpoint(consumer_ec2, provider_ec2, service, job)
    _name(_client(consumer, "route53"), consumer.region_name, endpoint, job)


def _session(credentials: dict[str, str]) -> boto3.Session:
    return boto3.Session(aws_access_key_id=credentials["access_key"], aws_secret_access_key=credentials["secret_key"])


def _client(session: boto3.Session, service: str) -> Any:
    return session.client(service, config=script.CONFIG)


def _service(ec2: Any, elbv2: Any, job: dict[str, Any]) -> dict[str, Any]:
    """The service, available, its principals allowed."""
    there = _find_service(ec2, job)
    service = there or _create_service(ec2, elbv2, job)
    wanted = {f"arn:aws:iam::{account}:root" for account in job["endpoint_provider_allowed_principals"]}
    missing = wanted - (_principals(ec2, service) if there else set())
    if missing:
        ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service["ServiceId"], AddAllowedPrincipals=sorted(missing))
    if service["ServiceState"] != "Available":
        service = script.until(lambda: _find_service(ec2, job), lambda found: found.get("ServiceState") == "Available")
    return service


def _find_service(ec2: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Empty where there is none."""
    filters = {"tag:Name": [job["endpoint_provider_name"]], "service-state": ["Pending", "Available"]}
    found = ec2.describe_vpc_endpoint_service_configurations(Filters=_filters(filters))["ServiceConfigurations"]
    return found[0] if found else {}


def _create_service(ec2: Any, elbv2: Any, job: dict[str, Any]) -> dict[str, Any]:
    balancers = elbv2.describe_load_balancers(Names=job["endpoint_provider_load_balancers"])["LoadBalancers"]
    return ec2.create_vpc_endpoint_service_configuration(
        AcceptanceRequired=True,
        NetworkLoadBalancerArns=[balancer["LoadBalancerArn"] for balancer in balancers],
        TagSpecifications=_name_tag("vpc-endpoint-service", job["endpoint_provider_name"]),
    )["ServiceConfiguration"]


def _principals(ec2: Any, service: dict[str, Any]) -> set[str]:
    allowed = ec2.describe_vpc_endpoint_service_permissions(ServiceId=service["ServiceId"])["AllowedPrincipals"]
    return {principal["Principal"] for principal in allowed}


def _endpoint(ec2: Any, provider_ec2: Any, service: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """The endpoint, accepted and available."""
    endpoint = _find_endpoint(ec2, service, job) or _create_endpoint(ec2, service, job)
    if _state(endpoint) == "pending":
        endpoint = script.until(lambda: _find_endpoint(ec2, service, job), lambda found: _state(found) != "pending")
    if _state(endpoint) == "pendingacceptance":
        provider_ec2.accept_vpc_endpoint_connections(
            ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint["VpcEndpointId"]])
        endpoint = script.until(lambda: _find_endpoint(ec2, service, job), lambda found: _state(found) == "available")
    return endpoint


def _state(endpoint: dict[str, Any]) -> str:
    """In small letters, as some replies have ``PendingAcceptance``, others ``pendingAcceptance``."""
    return endpoint.get("State", "pending").lower()


def _find_endpoint(ec2: Any, service: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Empty where there is none."""
    filters = {
        "service-name": [service["ServiceName"]],
        "vpc-id": [job["endpoint_consumer_vpc_id"]],
        "vpc-endpoint-state": ["pendingAcceptance", "pending", "available"],
    }
    found = ec2.describe_vpc_endpoints(Filters=_filters(filters))["VpcEndpoints"]
    return found[0] if found else {}


def _create_endpoint(ec2: Any, service: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """With a subnet in each zone of the service."""
    vpc = {"vpc-id": [job["endpoint_consumer_vpc_id"]]}
    zones = {"availability-zone-id": service["AvailabilityZoneIds"]}
    subnets = ec2.describe_subnets(Filters=_filters(vpc | zones))["Subnets"]
    names = {"group-name": job["endpoint_consumer_security_groups"]}
    groups = ec2.describe_security_groups(Filters=_filters(vpc | names))["SecurityGroups"]
    return ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=job["endpoint_consumer_vpc_id"],
        ServiceName=service["ServiceName"],
        SubnetIds=list({subnet["AvailabilityZoneId"]: subnet["SubnetId"] for subnet in subnets}.values()),
        SecurityGroupIds=[group["GroupId"] for group in groups],
        TagSpecifications=_name_tag("vpc-endpoint", job["endpoint_consumer_name"]),
    )["VpcEndpoint"]


def _name(route53: Any, region: str, endpoint: dict[str, Any], job: dict[str, Any]) -> None:
    """A record at the apex of a private zone of the endpoint's VPC."""
    vpc = {"VPCId": endpoint["VpcId"], "VPCRegion": region}
    zones = route53.list_hosted_zones_by_vpc(**vpc)["HostedZoneSummaries"]
    name = f"{job['endpoint_dns_name']}."
    there = [zone["HostedZoneId"] for zone in zones if zone["Name"] == name]
    entry = endpoint["DnsEntries"][0]
    if there and _leads_to(route53, there[0], name) == entry["DnsName"]:
        return
    zone_id = there[0] if there else route53.create_hosted_zone(
        Name=name, VPC=vpc, CallerReference=endpoint["VpcEndpointId"])["HostedZone"]["Id"]
    alias = {"HostedZoneId": entry["HostedZoneId"], "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}
    record = {"Name": name, "Type": "A", "AliasTarget": alias}
    change = route53.change_resource_record_sets(
        HostedZoneId=zone_id, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})
    script.until(lambda: route53.get_change(Id=change["ChangeInfo"]["Id"])["ChangeInfo"]["Status"] == "INSYNC")


def _leads_to(route53: Any, zone_id: str, name: str) -> str:
    """The name that the zone's own is an alias of; empty where it is none."""
    found = route53.list_resource_record_sets(
        HostedZoneId=zone_id, StartRecordName=name, StartRecordType="A", MaxItems="1")["ResourceRecordSets"]
    is_it = found and (found[0]["Name"], found[0]["Type"]) == (name, "A")
    return found[0].get("AliasTarget", {}).get("DNSName", "").rstrip(".") if is_it else ""


def _filters(values: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": each} for name, each in values.items()]


def _name_tag(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


if __name__ == "__main__":
    main()
