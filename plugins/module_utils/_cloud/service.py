# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A service of AWS's as credentials see it: reads and changes, each operation by the name that AWS gives it."""

from __future__ import annotations

from .._reconcile.apply import WORKERS
from .._reconcile.calls import Call
from .._reconcile.run import Family
from . import errors, retries


class Service:
    """A boto3 client, which is safe to use from several threads.

    connection: what differs from the module's own options, as boto3 calls it: region, aws_access_key_id, ...
    """

    def __init__(self, module, name: str, **connection):
        self.client = module.client(
            name, config={"retries": {"total_max_attempts": 1}, "max_pool_connections": WORKERS}, **connection)

    def read(self, operation: str, parameters: dict) -> dict:
        """One call that changes nothing, repeated after any error that passes."""
        return self._send(operation, parameters, is_read=True)

    def call(self, operation: str, parameters: dict) -> dict:
        """One change by its name in botocore. Not repeated when its answer is lost: look before you decide."""
        return self._send(operation, parameters, is_read=False)

    def _send(self, operation: str, parameters: dict, is_read: bool) -> dict:
        return retries.send(lambda: getattr(self.client, operation)(**parameters), is_read)


class ServiceFamily(Family):
    """A family of a service's objects: puts AWS's errors into words."""

    errors = errors.ERRORS

    def told(self, call: Call) -> dict:
        """Without its parameters: the object has them now, and for a thousand objects they are a third of the result."""
        return {"subject": call.subject, "operation": call.operation}

    def is_uncertain(self, error: Exception) -> bool:
        return retries.is_uncertain(error)

    def explain(self, error: Exception) -> str:
        return errors.explain(error)
