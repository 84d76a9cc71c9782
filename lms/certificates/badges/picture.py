"""A badge as a picture that carries its credential: SVG, „baked” as Open Badges 3.0 has it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

_LINE: Final = 21  # letters of a line within the ring
_MOST_LINES: Final = 5
_PICTURE: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" \
viewBox="0 0 512 512" width="512" height="512" role="img" aria-labelledby="t">
<openbadges:credential verify={jwt}></openbadges:credential>
<title id="t">{title}</title>
<circle cx="256" cy="256" r="248" fill="#063f3a"/>
<circle cx="256" cy="256" r="226" fill="#fffdf7"/>
<circle cx="256" cy="256" r="216" fill="none" stroke="#9a4a06" stroke-width="3"/>
<g font-family="'Noto Sans', 'Segoe UI', Arial, sans-serif" text-anchor="middle" fill="#18272b">
<text x="256" y="140" font-size="19" fill="#9a4a06">{kind}</text>
{lines}
<text x="256" y="380" font-size="18" fill="#475a5e">{hours}</text>
<text x="256" y="408" font-size="15" fill="#475a5e">{number}</text>
</g>
</svg>
"""


def bake(jwt: str, facts: Mapping[str, Any], hours: str) -> bytes:
    """Draw the course's name in a ring, with the credential in the file."""
    kind = "MODEL" if facts["is_model"] else facts["title"]
    course = textwrap.wrap(
        facts["course"], _LINE, max_lines=_MOST_LINES, placeholder=" …", break_long_words=True
    )
    size = 34 if len(course) <= 3 else 29
    step = size * 1.25
    top = 262 - step * (len(course) - 1) / 2
    lines = "\n".join(
        f'<text x="256" y="{top + step * at:.0f}" font-size="{size}" font-weight="600">'
        f"{escape(line)}</text>"
        for at, line in enumerate(course)
    )
    return _PICTURE.format(
        jwt=quoteattr(jwt),
        title=escape(f"{kind}: {facts['course']}"),
        kind=escape(textwrap.shorten(kind, 34, placeholder=" …")),
        lines=lines,
        hours=escape(hours),
        number=escape(facts["number"]),
    ).encode()
