# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS's errors in words for the person who reads the job's log: what was refused, and the way out."""

from __future__ import annotations

from contextlib import contextmanager

from .._reconcile.run import BadInput

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # AnsibleAWSModule reports the missing library
    BotoCoreError = ClientError = Exception

ERRORS = (ClientError, BotoCoreError)

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
REMEDIES = {
    "UnauthorizedOperation": "Grant the caller this action; docs/permissions.md lists what each module needs.",
    "AuthFailure": "Check the access key, the secret key and the clock of this machine.",
    "RequestLimitExceeded": "The account's request rate for this action is used up: run again in a minute, or ask AWS for a higher rate.",
    "NetworkInterfaceLimitExceeded": "Delete network interfaces that are not needed, or ask AWS for a higher quota.",
    "AddressLimitExceeded": "Release Elastic IPs that are not needed, or ask AWS for a higher quota.",
    "InsufficientFreeAddressesInSubnet": "Use another subnet, or free addresses in this one.",
    "ExistingVpcEndpointConnections": (
        "Reject the endpoints that are connected, or have their owners delete them; "
        "ec2_vpc_endpoint_service_configuration_info lists them with include: [connections]."
    ),
    "PrivateIpAddressLimitExceeded": "Ask for fewer secondary addresses, or use a larger instance type.",
}


def code(error: Exception) -> str:
    """AWS's error code, or empty for an error that did not come from the service."""
    return (getattr(error, "response", None) or {}).get("Error", {}).get("Code", "")  # a broken connection has None


def unsuccessful(operation: str, items: list) -> Exception:
    """The error for what an operation on many objects lists as Unsuccessful, an API's list of UnsuccessfulItem."""
    reasons = [f"{item['ResourceId']}: {item['Error'].get('Message', '').rstrip('.')}" for item in items]
    return ClientError({"Error": {"Code": items[0]["Error"].get("Code", ""), "Message": "; ".join(reasons)}}, operation)


def explain(error: Exception) -> str:
    """One line: AWS's message with its code, and the remedy where one is known."""
    if not code(error):
        return str(error)
    message = error.response["Error"].get("Message", "").rstrip(".")
    text = f"{message} ({code(error)})."
    return f"{text} {REMEDIES[code(error)]}" if code(error) in REMEDIES else text


@contextmanager
def in_words(module):
    """Fail the module with the explanation of bad input or of an error of AWS's, for modules that only read."""
    try:
        yield
    except (BadInput, *ERRORS) as error:
        module.fail_json(msg=explain(error))
