# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m lab.cloud`` as a user and as a test runs it."""

from __future__ import annotations

import inspect
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from lab.cloud.__main__ import main

from .conftest import Network

TESTS = Path(__file__).parents[3]


@contextmanager
def started(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.cloud", *arguments],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_in_the_foreground_until_a_signal(number):
    with started("--port", "0") as process:
        url = process.stdout.readline().strip()
        sts = boto3.client(
            "sts",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="x",
        )
        assert sts.get_caller_identity()["Account"] == "111122223333"
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""


def run(monkeypatch, *arguments):
    """What the command ends with, in this process: SystemExit's text or code."""
    monkeypatch.setattr(sys, "argv", ["lab.cloud", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_taken_port_is_an_error_that_names_it(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = run(monkeypatch, "--port", str(port))
    assert error.startswith(f"cannot listen on 127.0.0.1:{port} (Address already in use)")
    assert "choose another port" in error


@pytest.mark.parametrize("port", ["http", "65536", "-1"])
def test_a_port_that_is_none(monkeypatch, capsys, port):
    assert run(monkeypatch, f"--port={port}") == 2
    assert f"'{port}' is not a TCP port" in capsys.readouterr().err


def test_answers_side_by_side(url, client, transitions):
    """A client that holds its connection open does not keep another from being served."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert client("sts").get_caller_identity()["Account"]


def test_sixteen_clients_at_once(client, control, network, subnet_id):
    """Each client's calls are carried out once and answered to it, and no address is given twice."""
    clients = [client("ec2") if number % 2 else client("ec2", "444455556666") for number in range(16)]
    other = Network(client("ec2", "444455556666"))
    subnets = {client("ec2"): subnet_id, other.ec2: other.subnet()}
    control("DELETE", "/_lab/calls")

    def create(ec2, number):
        names = [f"{number}-{each}" for each in range(10)]
        made = [
            ec2.create_network_interface(SubnetId=subnets[ec2], Description=name)["NetworkInterface"] for name in names
        ]
        assert [each["Description"] for each in made] == names
        return made

    with ThreadPoolExecutor(16) as pool:
        made = [eni for enis in pool.map(create, clients, range(16)) for eni in enis]
    assert len({each["NetworkInterfaceId"] for each in made}) == 160
    assert len({(each["SubnetId"], each["PrivateIpAddress"]) for each in made}) == 160
    for ec2 in subnets:
        assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 80
    calls = control("GET", "/_lab/calls")[1]
    assert len([each for each in calls if each["operation"] == "CreateNetworkInterface"]) == 160


def test_what_moto_need_not_look_up_twice_is_where_the_lab_takes_hold_of_it():
    assert inspect.signature(DomainDispatcherApplication.get_backend_for_host).parameters.keys() == {"self", "host"}
    assert responses.method_names_from_class.cache_info().hits > 0


def test_an_operation_the_lab_lacks_is_an_aws_error(client, refused):
    with refused("InvalidAction", "DescribeFpgaImages"):
        client("ec2").describe_fpga_images()
    with refused("InvalidAction", "CreateTrustStore"):
        client("elbv2").create_trust_store(Name="x", CaCertificatesBundleS3Bucket="x", CaCertificatesBundleS3Key="x")


@pytest.mark.parametrize("service", ["ec2", "elbv2", "route53", "acm", "sts", "sns"])
def test_what_is_not_signed_is_an_aws_error(url, service):
    unsigned = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    client = boto3.client(service, endpoint_url=url, region_name="us-east-1", config=unsigned)
    call = {"ec2": "describe_vpcs", "route53": "list_hosted_zones", "acm": "list_certificates", "sns": "list_topics"}
    call |= {"elbv2": "describe_load_balancers", "sts": "get_caller_identity"}
    with pytest.raises(ClientError) as caught:
        getattr(client, call[service])()
    assert caught.value.response["Error"]["Code"] == "MissingAuthenticationToken"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_what_sts_takes_unsigned(client, control):
    identity = client("sts").assume_role_with_web_identity(
        RoleArn="arn:aws:iam::444455556666:role/web", RoleSessionName="session", WebIdentityToken="from elsewhere"
    )
    assert identity["AssumedRoleUser"]["Arn"] == "arn:aws:sts::444455556666:assumed-role/web/session"
    assert control("GET", "/_lab/calls")[1][-1]["operation"] == "AssumeRoleWithWebIdentity"


def test_a_service_that_there_is_not_is_an_aws_error(url):
    scope = "Credential=111122223333/20260101/us-east-1/coffee/aws4_request"
    request = Request(url, b"Action=Brew", {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=, Signature="})
    with pytest.raises(HTTPError) as caught:
        urlopen(request)
    assert b"<Code>InvalidAction</Code>" in caught.value.read()


def test_an_operation_that_no_model_has_is_an_aws_error(url, control):
    ec2 = boto3.client(
        "ec2",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    ec2.meta.events.register("before-call.ec2", lambda params, **_: params["body"].update(Action="MakeCoffee"))
    with pytest.raises(ec2.exceptions.ClientError, match="InvalidAction.*MakeCoffee"):
        ec2.describe_vpcs()
    assert control("GET", "/_lab/calls")[1][-1]["operation"] == "MakeCoffee"
