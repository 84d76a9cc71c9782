"""Ways that change the signature, what it covers, or what is said of it."""

from __future__ import annotations

import io
import re
import zlib
from random import Random
from typing import Any

import pikepdf
from asn1crypto import cms

from bench.tampering.ways import (
    RANGE,
    Sample,
    container_of,
    digits_of,
    put,
    saved,
    way,
    with_digits,
)

# The signature itself --------------------------------------------------------------------------


@way("gaps in ranges", 5)
def other_range(chance: Random, sample: Sample) -> bytes:
    """Write other figures into the range, in the same room."""
    found = RANGE.search(sample.data)
    assert found is not None
    figures = [int(part) for part in found.groups()]
    which = chance.randrange(4)
    figures[which] = max(0, figures[which] + chance.choice((-2, -1, 1, 2, 64, -64, 10**6)))
    if chance.random() < 0.2:
        figures = chance.choice(([0, 0, 0, 0], [0, 9, 9, 9], figures[::-1]))
    room = found.end() - found.start()
    written = b"/ByteRange [%d %d %d %d]" % tuple(figures)
    return put(sample.data, found.start(), written.ljust(room)[:room], instead_of=room)


@way("gaps in ranges", 5)
def hidden_in_a_gap(chance: Random, sample: Sample) -> bytes:
    """Widen the gap and hide something in it, with a range that fits."""
    found = RANGE.search(sample.data)
    assert found is not None
    first, second = sample.gap
    hidden = chance.choice(
        (
            b" 9 0 obj<</Type/Catalog>>endobj ",
            b"<</A 1>>",
            bytes(chance.randint(1, 90)),
            b"00",
            b">",
        )
    )
    start, length = found.start(), found.end() - found.start()
    written = b"/ByteRange [0 %d %d %d]" % (
        first,
        second + len(hidden),
        len(sample.data) - second,
    )
    data = put(sample.data, start, written.ljust(length)[:length], instead_of=length)
    return put(data, second - chance.choice((0, 1)), hidden)


@way("gaps in ranges", 2)
def second_range(chance: Random, sample: Sample) -> bytes:
    """Put another range before, or behind, with one that covers less."""
    line = b"%%/ByteRange [0 %d %d %d]\n" % (
        chance.randint(1, 900),
        chance.randint(901, 5000),
        chance.randint(1, 5000),
    )
    return put(sample.data, chance.choice((15, sample.first_end)), line)


@way("signature changed", 6)
def in_the_container(chance: Random, sample: Sample) -> bytes | None:
    """Change one digit of the signature's container or of its padding."""
    digits = bytearray(digits_of(sample))
    at = chance.randrange(len(digits))
    digits[at] = chance.choice([d for d in b"0123456789ABCDEFabcdef" if d != digits[at]])
    return with_digits(sample, bytes(digits))


@way("signature changed", 3)
def told_otherwise(chance: Random, sample: Sample) -> bytes | None:
    """Write the same container in small letters, with white space, or half of it away."""
    digits = digits_of(sample)
    kept = digits.rstrip(b"0")
    new = chance.choice(
        (
            digits.lower(),
            kept[: len(kept) // 2],
            kept[:-2] + b" " + kept[-2:],
            b"",
            b"00" * 20,
            kept + b"FF",
            kept + b"0A00",
        )
    )
    return with_digits(sample, new)


@way("signature changed", 4)
def signer_changed(chance: Random, sample: Sample) -> bytes | None:
    """Change what the container says: its signature, its signer, its attributes, its lists."""
    container = container_of(sample)
    signed = container["content"]
    info = signed["signer_infos"][0]
    signature = bytearray(info["signature"].native)
    forger = chance.choice(sample.forgers)._cms.signing_cert
    match chance.randrange(8):
        case 0:
            info["signature"] = bytes(len(signature))
        case 1:
            signature[chance.randrange(len(signature))] ^= 1 << chance.randrange(8)
            info["signature"] = bytes(signature)
        case 2:
            signed["certificates"].append(cms.CertificateChoices("certificate", forger))
        case 3:
            signed["certificates"] = [cms.CertificateChoices("certificate", forger)]
        case 4:
            info["sid"] = cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": forger.issuer, "serial_number": forger.serial_number},
            )
        case 5:
            info["unsigned_attrs"] = [
                cms.CMSAttribute(
                    {"type": "signing_time", "values": [cms.Time({"utc_time": sample.at})]}
                )
            ]
        case 6:
            info["digest_algorithm"] = {"algorithm": chance.choice(("sha1", "md5", "sha512"))}
        case _:
            signed["signer_infos"].append(info.copy())
    return with_digits(sample, container.dump(force=True).hex().upper().encode())


@way("transplanted", 5)
def transplanted(chance: Random, sample: Sample) -> bytes | None:
    """Put the signature of another certificate of the same seal into this one, or part of it."""
    other = Sample("", sample.other, b"", b"", (), sample.at)
    digits, theirs = bytearray(digits_of(sample)), digits_of(other)
    if chance.random() < 0.5:
        return with_digits(sample, theirs.rstrip(b"0"))
    at = chance.randrange(min(len(digits), len(theirs)) // 2)
    digits[at:] = theirs[at : len(digits)]
    return with_digits(sample, bytes(digits))


@way("transplanted", 3)
def body_of_another(chance: Random, sample: Sample) -> bytes:
    """Keep this file's signature and take the other's words round it."""
    other = Sample("", sample.other, b"", b"", (), sample.at)
    first, second = sample.gap
    begin, end = other.gap
    parts = (sample.other[:begin], sample.data[first:second], sample.other[end:])
    if chance.random() < 0.4:
        parts = (sample.data[:first], sample.data[first:second], sample.other[end:])
    return b"".join(parts)


# Saved again -----------------------------------------------------------------------------------


@way("saved again", 3)
def saved_again(chance: Random, sample: Sample) -> bytes:
    """Save it with an editor, unchanged in what it shows."""
    modes = pikepdf.ObjectStreamMode
    return saved(
        sample,
        None,
        **chance.choice(({}, {}, {"linearize": True}, {"qdf": True})),
        object_stream_mode=chance.choice((modes.generate, modes.disable, modes.preserve)),
        static_id=True,
    )


@way("stripped", 3)
def stripped(chance: Random, sample: Sample) -> bytes:
    """Take the signature out, or what points at it."""

    def change(pdf: Any) -> None:
        if chance.random() < 0.5:
            del pdf.Root.AcroForm
            del pdf.pages[0].Annots
        else:
            field = pdf.Root.AcroForm.Fields[0]
            for key in chance.choice((("/V",), ("/FT",), ("/V", "/FT", "/T"))):
                if key in field:
                    del field[key]

    return chance.choice((sample.unsigned, saved(sample, change, static_id=True)))


@way("stripped", 3)
def dictionary_broken(chance: Random, sample: Sample) -> bytes:
    """Rename, in place, a key by which a reader finds the signature."""
    key = chance.choice(
        (b"/ByteRange", b"/Contents <", b"/Contents<", b"/SubFilter", b"/Sig", b"/AcroForm", b"/FT")
    )
    places = [m.start() for m in re.finditer(re.escape(key), sample.data)]
    if not places:
        key, places = b"/ByteRange", [sample.data.index(b"/ByteRange")]
    at = chance.choice(places) + chance.randint(1, len(key) - 1)
    letter = bytes([chance.choice([b for b in b"XYZ0" if b != sample.data[at]])])
    return put(sample.data, at, letter, instead_of=1)


@way("stripped", 2)
def filter_changed(chance: Random, sample: Sample) -> bytes:
    """Claim another kind of signature, in the same room."""
    old = b"ETSI.CAdES.detached"
    new = chance.choice((b"adbe.pkcs7.detached", b"adbe.x509.rsa_sha1 ", b"ETSI.RFC3161       "))
    return sample.data.replace(old, new, 1)


@way("encrypted", 2)
def encrypted(chance: Random, sample: Sample) -> bytes:
    """Lock it with a password, or with an empty one."""
    lock = pikepdf.Encryption(
        owner="owner", user=chance.choice(("", "user")), R=chance.choice((4, 6))
    )
    return saved(sample, None, encryption=lock)


@way("encrypted", 1)
def said_to_be_encrypted(_chance: Random, sample: Sample) -> bytes:
    """Append a revision that says it is encrypted."""
    last = re.findall(rb"startxref\s+(\d+)", sample.data)[-1]
    return sample.data + (
        b"trailer\n<</Size 900/Root 1 0 R/Prev %b/Encrypt<</Filter/Standard/V 1/R 2>>>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (last, len(sample.data))
    )


@way("merged", 2)
def merged(chance: Random, sample: Sample) -> bytes:
    """Put the pages of two certificates into one file."""
    out = io.BytesIO()
    pair = [sample.data, sample.other]
    chance.shuffle(pair)
    with (
        pikepdf.new() as pdf,
        pikepdf.open(io.BytesIO(pair[0])) as one,
        pikepdf.open(io.BytesIO(pair[1])) as two,
    ):
        pdf.add_pages_from(one)
        pdf.add_pages_from(two)
        pdf.save(out, static_id=True)
    return out.getvalue()


@way("merged", 1)
def wrapped(chance: Random, sample: Sample) -> bytes:
    """Attach the genuine file to another one that shows something else."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(842, 595))
        pdf.attachments["certificat.pdf"] = sample.data
        if chance.random() < 0.5:
            pdf.attachments["certificat.json"] = b'{"number":"X"}'
        pdf.save(out, static_id=True)
    return out.getvalue()


# Words changed ---------------------------------------------------------------------------------


@way("words changed", 6)
def other_words(chance: Random, sample: Sample) -> bytes | None:
    """Unpack one stream, change what it says, and pack it into the same room."""
    found = list(re.finditer(rb"stream\r?\n", sample.data))
    chance.shuffle(found)
    for start in found[:12]:
        end = sample.data.find(b"endstream", start.end())
        if end < 0:
            continue
        packed = sample.data[start.end() : end].rstrip(b"\r\n")
        try:
            plain = bytearray(zlib.decompress(packed))
        except zlib.error:
            continue
        if not plain:
            continue
        plain[chance.randrange(len(plain))] = chance.choice(b"0123456789ab")
        again = zlib.compress(bytes(plain), 9)
        if len(again) <= len(packed) and bytes(again) != packed:
            return put(
                sample.data, start.end(), again.ljust(len(packed), b"\x00"), instead_of=len(packed)
            )
    return None


@way("words changed", 3)
def other_day(chance: Random, sample: Sample) -> bytes | None:
    """Write another time of signing into the dictionary."""
    found = re.search(rb"/M\s*\(D:(\d{14})", sample.data)
    if found is None:
        return None
    at = found.start(1) + chance.randrange(14)
    digit = bytes([chance.choice([d for d in b"0123456789" if d != sample.data[at]])])
    return put(sample.data, at, digit, instead_of=1)
