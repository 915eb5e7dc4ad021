# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a TLS client meets at a name."""

from __future__ import annotations

import socket
import ssl


class CannotTrust(Exception):
    """The file of authorities is not there, or holds none."""


def meet(name: str, port: int, ca_path: str | None, timeout: float) -> dict:
    """{addresses, verified, reason[, certificate]} of the name, checked as the host's own TLS library does (RFC 9525)."""
    try:
        context = ssl.create_default_context(cafile=ca_path)
    except OSError as error:  # ssl.SSLError is one
        raise CannotTrust(error.strerror or str(error)) from error
    met = {"addresses": [], "verified": False, "reason": ""}
    try:
        met["addresses"] = sorted({found[4][0] for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError) as error:
        return {**met, "reason": f"'{name}' does not resolve: {getattr(error, 'strerror', None) or error}"}
    try:
        with socket.create_connection((name, port), timeout) as connection:
            with context.wrap_socket(connection, server_hostname=name) as tls:
                return {**met, "verified": True, "certificate": _certificate(tls.getpeercert())}
    except ssl.SSLCertVerificationError as error:
        return {**met, "reason": f"certificate verify failed: {error.verify_message}"}
    except OSError as error:
        return {**met, "reason": f"port {port} of '{name}': {error.strerror or error}"}


def _certificate(peer: dict) -> dict:
    """Of ssl.SSLSocket.getpeercert(): https://docs.python.org/3/library/ssl.html#ssl.SSLSocket.getpeercert"""
    return {
        "subject_alternative_names": [value for kind, value in peer.get("subjectAltName", ())],
        "issuer": ", ".join(f"{name}={value}" for part in peer.get("issuer", ()) for name, value in part),
        "not_after": peer["notAfter"],
    }
