"""The way in's certificate for a development cluster: signed by itself, so by nobody.

Kept in the checkout's folder, so that a Secret is the same whenever it is printed, and
made anew a month before it ends.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from filigree import state
from filigree.state import State

LASTING = timedelta(days=365)
LEFT = timedelta(days=30)
FILE = "ingress-certificate.pem"


def pair(held: State, host: str, now: datetime | None = None) -> dict[str, str]:
    """``tls.crt`` and ``tls.key`` of *host*, in PEM."""
    file, moment = held.folder / FILE, now or datetime.now(UTC)
    kept = file.read_text("ascii") if file.is_file() else ""
    if not _serves(kept, host, moment):
        kept = _made(host, moment)
        state.write(file, kept, mode=0o600)
    key, begins, certificate = kept.partition("-----BEGIN CERTIFICATE-----")
    return {"tls.crt": begins + certificate, "tls.key": key}


def _serves(kept: str, host: str, now: datetime) -> bool:
    if not kept:
        return False
    held = x509.load_pem_x509_certificate(kept.encode())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = names.get_values_for_type(x509.DNSName)
    return host in known and now + LEFT < held.not_valid_after_utc


def _made(host: str, now: datetime) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A node's clock may be behind this one's.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTING)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (private + certificate.public_bytes(pem)).decode("ascii")
