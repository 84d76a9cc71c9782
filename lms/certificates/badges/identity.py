"""The site as an issuer: its did:web document and its key set."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates.badges import jws, keyring, making


def did_document() -> dict[str, Any]:
    """Say which keys sign for the site: the present one first, then those that once did."""
    site = making.site()
    keys = keyring.published()
    names = [site.key_id(key.kid) for key in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": site.did,
        "verificationMethod": [
            {
                "id": name,
                "type": "JsonWebKey",
                "controller": site.did,
                "publicKeyJwk": jws.public_jwk(key.public),
            }
            for name, key in zip(names, keys, strict=True)
        ],
        "assertionMethod": names,
    }


def key_set() -> dict[str, Any]:
    """List the same keys as JWKs, each with its certificates."""
    return {
        "keys": [
            {
                **jws.public_jwk(key.public),
                "alg": "EdDSA",
                "use": "sig",
                "x5c": [
                    base64.b64encode(link.public_bytes(Encoding.DER)).decode() for link in key.chain
                ],
            }
            for key in keyring.published()
        ]
    }
