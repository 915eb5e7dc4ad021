# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A real server with a real certificate, met by names that it is for and not for."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.xeni.aws.plugins.module_utils._tls import CannotTrust, meet

TIMEOUT = 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for `localhost`, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example CA")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return str(path)


@pytest.fixture
def port(certificate):
    """A TLS server on loopback, for as many clients as come."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            while True:
                try:
                    client, _address = listener.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(client, server_side=True).close()
                except OSError:
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_a_name_that_the_certificate_has_is_verified(port, certificate):
    met = meet("localhost", port, certificate, TIMEOUT)
    assert (met["verified"], met["reason"]) == (True, "")
    assert "127.0.0.1" in met["addresses"]
    assert met["certificate"]["subject_alternative_names"] == ["localhost"]
    assert met["certificate"]["issuer"] == "commonName=Example CA"


def test_a_name_that_it_does_not_have_is_told(port, certificate):
    met = meet("127.0.0.1", port, certificate, TIMEOUT)
    assert not met["verified"]
    assert met["reason"].startswith("certificate verify failed: IP address mismatch, certificate is not valid for '127.0.0.1'")


def test_an_authority_that_is_not_trusted_is_told(port):
    met = meet("localhost", port, None, TIMEOUT)
    assert not met["verified"] and "self-signed certificate" in met["reason"]


def test_a_name_that_does_not_resolve_is_told(certificate):
    met = meet("does-not-exist.invalid", 443, certificate, TIMEOUT)
    assert met["addresses"] == [] and met["reason"].startswith("'does-not-exist.invalid' does not resolve: ")


def test_a_port_that_nobody_listens_on_is_told(certificate):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert meet("localhost", port, certificate, TIMEOUT)["reason"] == f"port {port} of 'localhost': Connection refused"


@pytest.mark.parametrize("content, reason", [(None, "No such file or directory"), ("nothing", "no certificate or crl found")])
def test_a_file_without_authorities_is_no_answer_about_the_server(tmp_path, content, reason):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CannotTrust, match=f"(?i){reason}"):
        meet("localhost", 443, str(path), TIMEOUT)
