# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ACM's certificates: which names one covers, whether it is issued, who presents it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .conftest import OTHER


@pytest.fixture
def acm(client):
    return client("acm")


@pytest.fixture(scope="module")
def self_signed():
    """(certificate, private key) in PEM, for service.example.com and *.service.example.com."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "service.example.com")])
    names = [x509.DNSName("service.example.com"), x509.DNSName("*.service.example.com")]
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def imported(acm, self_signed):
    """The ARN of a certificate that is issued from the beginning."""
    certificate, key = self_signed
    return acm.import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]


def describe(acm, arn: str) -> dict:
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]


def test_an_imported_certificate_covers_its_names_at_once(acm, imported):
    described = describe(acm, imported)
    assert described["Status"] == "ISSUED" and described["Type"] == "IMPORTED"
    assert described["DomainName"] == "service.example.com"
    assert described["SubjectAlternativeNames"] == ["service.example.com", "*.service.example.com"]


def test_a_requested_one_is_pending_until_the_proof_of_its_names_is_in_public_dns(client, acm):
    route53 = client("route53", OTHER)
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="public")["HostedZone"]["Id"]
    vpc = {"VPCRegion": "us-east-1", "VPCId": client("ec2", OTHER).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]}
    private = route53.create_hosted_zone(Name="example.com", CallerReference="private", VPC=vpc)["HostedZone"]["Id"]
    arn = acm.request_certificate(
        DomainName="example.com",
        SubjectAlternativeNames=["b.example.com", "*.a.example.com"],
        ValidationMethod="DNS",
    )["CertificateArn"]
    described = describe(acm, arn)
    assert described["SubjectAlternativeNames"] == ["example.com", "*.a.example.com", "b.example.com"]
    proofs = [each["ResourceRecord"] for each in described["DomainValidationOptions"]]
    assert [each["DomainName"] for each in described["DomainValidationOptions"]] == described["SubjectAlternativeNames"]

    def prove(zone_id, proof):
        record = {"Name": proof["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": proof["Value"]}]}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)

    for zone_id, pending in ((private, proofs), (zone, proofs[:-1])):
        for proof in pending:
            prove(zone_id, proof)
        assert describe(acm, arn)["Status"] == "PENDING_VALIDATION"
        assert "IssuedAt" not in describe(acm, arn)
    prove(zone, proofs[-1])
    assert describe(acm, arn)["Status"] == "ISSUED"


def test_the_list_has_what_finds_a_certificate_for_a_name(acm, imported):
    requested = acm.request_certificate(DomainName="*.example.org", ValidationMethod="DNS")["CertificateArn"]
    summaries = {each["CertificateArn"]: each for each in acm.list_certificates()["CertificateSummaryList"]}
    assert summaries.keys() == {imported, requested}
    names = ["service.example.com", "*.service.example.com"]
    assert summaries[imported]["SubjectAlternativeNameSummaries"] == names
    assert summaries[requested]["DomainName"] == "*.example.org"
    issued = acm.list_certificates(CertificateStatuses=["ISSUED"])["CertificateSummaryList"]
    assert [each["CertificateArn"] for each in issued] == [imported]


def test_certificates_are_their_account_s_and_region_s(client, imported, refused):
    for other in (client("acm", OTHER), client("acm", region="eu-west-1")):
        assert other.list_certificates()["CertificateSummaryList"] == []
        with refused("ResourceNotFoundException", imported):
            describe(other, imported)


def test_a_certificate_that_a_tls_listener_presents(client, acm, imported, network, refused):
    elbv2 = client("elbv2")
    subnet_id = network.subnet()
    balancer = elbv2.create_load_balancer(Name="service", Type="network", Scheme="internal", Subnets=[subnet_id])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    group = elbv2.create_target_group(Name="service", Protocol="TLS", Port=443, VpcId=network.vpc_id)
    action = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
    listener = elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="TLS",
        Port=443,
        Certificates=[{"CertificateArn": imported}],
        DefaultActions=[action],
    )["Listeners"][0]
    [described] = elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert described["Certificates"] == [{"CertificateArn": imported}]
    assert describe(acm, imported)["InUseBy"] == [arn]
    with refused("ResourceInUseException", imported):
        acm.delete_certificate(CertificateArn=imported)
    elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    acm.delete_certificate(CertificateArn=imported)
    assert acm.list_certificates()["CertificateSummaryList"] == []
