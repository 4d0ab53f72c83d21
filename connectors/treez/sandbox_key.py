"""The key pair of the sandbox's certificate. It opens nothing but the sandbox, and is the same in every process."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_E = 65537
_P = int(
    "d63ef18f1f616444f5f50fe413e8ebde1cc5b937e5fc08e898cceed81d10bab1950d182ef81cf2ae8fa8a087ec40644f9f60"
    "861024ea0ad45292a94f5ba0d139085435babb6ca3d724818e1acd1cc459844ae6fdce122b12442fd736eebd76da2aa87155"
    "a15ee990cbeeeb293ec353a5689ab74a774ba85688441c8866221483",
    16,
)
_Q = int(
    "c6f3a03ae38b048889d6f71c46f18c5dbb08ce37eb227705ec9b938fbb8118932011b489980e6706cf787b1b49f81eba5c60"
    "fca5af3a13e324eaae3b773275cd55ec0033b8314dab3db30c4a76f8d240bb2903534e9efb09cd63feb2985c2389ff11b970"
    "e6abd2f4d82c5f0e6e997b0924fb0e4dbbc4001be2f94071522f89ab",
    16,
)


@cache
def sandbox_key() -> rsa.RSAPrivateKey:
    """The pair itself."""
    d = pow(_E, -1, (_P - 1) * (_Q - 1))
    public = rsa.RSAPublicNumbers(_E, _P * _Q)
    return rsa.RSAPrivateNumbers(
        _P, _Q, d, rsa.rsa_crt_dmp1(d, _P), rsa.rsa_crt_dmq1(d, _Q), rsa.rsa_crt_iqmp(_P, _Q), public
    ).private_key()


@cache
def sandbox_key_text() -> str:
    """The private half as a configuration carries it on one line."""
    der = sandbox_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(der).decode()
