"""A certificate authority of the drills' own, which signs what gateways and relays show.

Besides the good certificate it makes each kind that must be turned away.
"""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, as files."""

    path: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What a server of Python's shows it with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


class Authority:
    """An authority that nobody believes who is not told to: `path` is what to believe."""

    def __init__(self, folder: Path, name: str = "drills"):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, f"Authority of the {name}")]
        )
        now = datetime.now(timezone.utc)
        certificate = (
            self._builder(self._name, self._key, now - DAY, now + DAY)
            .issuer_name(self._name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.path = self._write(f"authority-{name}", certificate)

    def good(self) -> Certificate:
        """For localhost, which also is 127.0.0.1."""
        return self._issue("good")

    def expired(self) -> Certificate:
        """Was good until yesterday."""
        return self._issue("expired", until=-DAY)

    def of_another_host(self) -> Certificate:
        return self._issue("other", hosts=("relay.else.example",), addresses=())

    def self_signed(self) -> Certificate:
        """For the right host, but nobody vouches for it."""
        return self._issue("self-signed", is_self_signed=True)

    def of_a_client(self) -> Certificate:
        """With which somebody asks a server that wants to know who asks."""
        return self._issue("client", purpose=ExtendedKeyUsageOID.CLIENT_AUTH)

    def _issue(
        self,
        name: str,
        until: timedelta = DAY,
        hosts: tuple[str, ...] = ("localhost",),
        addresses: tuple[str, ...] = ("127.0.0.1", "::1"),
        is_self_signed: bool = False,
        purpose=ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        now = datetime.now(timezone.utc)
        names = [x509.DNSName(host) for host in hosts]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        certificate = (
            self._builder(subject, key, now - 3 * DAY, now + until)
            .issuer_name(subject if is_self_signed else self._name)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .sign(key if is_self_signed else self._key, hashes.SHA256())
        )
        # Stories that run at once ask for several of a kind.
        name = f"{name}-{certificate.serial_number:x}"
        return Certificate(self._write(name, certificate), self._write_key(name, key))

    @staticmethod
    def _builder(subject, key, since, until) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self._folder / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _write_key(self, name: str, key: ec.EllipticCurvePrivateKey) -> Path:
        path = self._folder / f"{name}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        path.chmod(0o600)
        return path


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
