"""The seal: a certifying PAdES signature over the whole file, and the self-made certificate for it.

A self-made certificate shows that nothing was changed, not who we are; a council may give its own PKCS#12 file.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

_SAID = "Seal of the council over this decision record"  # what a reader speaks for the field


def make_certificate(path: Path, council: str) -> None:
    """Make a key and a self-signed certificate, once; 0600."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
    from cryptography.x509.oid import NameOID

    if path.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, council[:60]),
            x509.NameAttribute(NameOID.COMMON_NAME, "Case by Case record seal"),
        ]
    )
    start = datetime.now(UTC) - timedelta(minutes=5)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"case-by-case", key, certificate, None, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(packed)


def seal(unsealed: bytes, settings: Settings, stamper: TimeStamper | None = None) -> bytes:
    """Sign a PDF so that no change is allowed to it.

    Args:
        stamper: what asks a time-stamping authority for the time of the seal; None: the seal carries no stamp.
    Raises:
        NotStamped: it gave none; see ``timestamps``.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.fields import SigSeedSubFilter

    password = settings.seal_password.get_secret_value().encode() or None
    if ends_on(settings) <= datetime.now(UTC):
        raise RuntimeError("the seal certificate has ended")
    signer = signers.SimpleSigner.load_pkcs12(str(settings.seal_file), passphrase=password)
    if signer is None:
        raise RuntimeError("the seal certificate cannot be read")
    meta = signers.PdfSignatureMetadata(
        field_name="Seal",
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out = signers.PdfSigner(
        meta,
        signer,
        timestamper=stamper,
        new_field_spec=fields.SigFieldSpec("Seal", box=None, readable_field_name=_SAID),
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(unsealed)))
    return bytes(out.getvalue())


def is_intact(sealed: bytes, settings: Settings) -> bool | None:
    """Is the seal ours and the file as it was sealed? None when the file carries no seal of ours."""
    return is_intact_under(sealed, own_certificates(settings))


def is_sealed_under(pdf: bytes, certificates: set[bytes]) -> bool:
    """Does a file name one of these certificates (DER) as its seal's, whole or not? Whoever has one of our files can copy that."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        return any(
            s.signer_cert is not None and s.signer_cert.dump() in certificates
            for s in PdfFileReader(BytesIO(pdf)).embedded_signatures
        )
    except Exception:  # any file may be put to this
        return False


def is_intact_under(sealed: bytes, certificates: set[bytes]) -> bool | None:
    """The same under these certificates, as DER."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        signatures = PdfFileReader(BytesIO(sealed)).embedded_signatures
        signer = None if not signatures or signatures[0].signer_cert is None else signatures[0].signer_cert.dump()
        if signer is None or signer not in certificates:
            return None
        roots = list(load_certs_from_pemder_data(signer))
        status = validate_pdf_signature(signatures[0], ValidationContext(trust_roots=roots, allow_fetching=False))
        whole = status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        return bool(whole and _is_as_signed(sealed, [int(n) for n in signatures[0].byte_range]))
    except Exception:  # any file may be put to this: one that cannot be read is simply not intact
        return False


def _is_as_signed(sealed: bytes, byte_range: list[int]) -> bool:
    """Is the place of the signature, which no signature covers, as the signer leaves it: its hexadecimal, then noughts?"""
    from asn1crypto import parser

    hole = sealed[byte_range[1] : byte_range[2]]
    if byte_range[0] != 0 or hole[:1] != b"<" or hole[-1:] != b">":
        return False
    content = bytes.fromhex(hole[1:-1].decode("ascii"))
    used = parser.peek(content)
    return hole[1:-1] == content.hex().upper().encode("ascii") and not any(content[used:])


def data_in(pdf: bytes) -> bytes | None:
    """The data that a PDF carries with it; None where it carries none that can be read."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        for spec in PdfFileReader(BytesIO(pdf)).root["/AF"]:
            found = spec.get_object()
            if str(found["/UF"]) == "decision-record.json":
                return bytes(found["/EF"]["/F"].data)
    except Exception:  # any file may be put to this
        return None
    return None


def keep_certificate(settings: Settings) -> None:
    """Keep the certificate beside those of before: what was sealed with an earlier one stays ours."""
    own = own_certificate(settings)
    folder = settings.data / "seals"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{hashlib.sha256(own).hexdigest()}.der"
    if (
        not kept.exists() or kept.read_bytes() != own
    ):  # one that is there is not opened to be written: the disk may be full
        kept.write_bytes(own)


def own_certificates(settings: Settings) -> set[bytes]:
    """The certificate records are sealed with now, and every earlier one."""
    return {own_certificate(settings), *(f.read_bytes() for f in (settings.data / "seals").glob("*.der"))}


def ends_on(settings: Settings) -> datetime:
    """The moment until which the certificate may be sealed with."""
    from cryptography import x509

    return x509.load_der_x509_certificate(own_certificate(settings)).not_valid_after_utc


def own_certificate(settings: Settings) -> bytes:
    return _certificate_in(settings.seal_file.read_bytes(), settings.seal_password.get_secret_value().encode() or None)


@lru_cache(maxsize=2)  # opening it costs a tenth of a second, on purpose
def _certificate_in(packed: bytes, password: bytes | None) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    _, certificate, _ = pkcs12.load_key_and_certificates(packed, password)
    if certificate is None:
        raise RuntimeError("the seal file holds no certificate")
    return certificate.public_bytes(Encoding.DER)
