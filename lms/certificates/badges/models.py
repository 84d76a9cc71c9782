"""What a programme allows of badges, and the links by which holders show more."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import db
from lms.certificates.models import Certificate
from lms.db import Base, Id


class BadgeSettings(Base):
    """What a programme allows; one without a row has the defaults."""

    __tablename__ = "badge_settings"

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), primary_key=True)
    is_attached: Mapped[bool] = mapped_column(default=True)  # the badge travels in the PDF
    is_offered: Mapped[bool] = mapped_column(default=False)  # holders may download it
    has_linkedin: Mapped[bool] = mapped_column(default=False)
    tells_modules: Mapped[bool] = mapped_column(default=False)  # in the badge itself
    hashes_email: Mapped[bool] = mapped_column(default=False)  # in the badge itself
    may_share: Mapped[bool] = mapped_column(default=False)  # holders may make a link
    shares_results: Mapped[bool] = mapped_column(default=False)  # behind that link


class ShareLink(Base):
    """A link that a holder made to show more than the register's page; its token only as hash."""

    __tablename__ = "share_links"

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    shows_results: Mapped[bool]  # as its maker chose
    times_opened: Mapped[int] = mapped_column(default=0)
    last_opened_at: Mapped[datetime | None]

    certificate: Mapped[Certificate] = relationship()

    @property
    def person_id(self) -> int:
        """Who made it: the certificate's holder."""
        return self.certificate.person_id


def settings_of(programme_id: int) -> BadgeSettings:
    """Return what a programme allows; unsaved where it has no row, with the defaults."""
    found = db.session().get(BadgeSettings, programme_id)
    return found or BadgeSettings(
        programme_id=programme_id,
        is_attached=True,
        is_offered=False,
        has_linkedin=False,
        tells_modules=False,
        hashes_email=False,
        may_share=False,
        shares_results=False,
    )
