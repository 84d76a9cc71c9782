"""Every table, so that one import knows them all."""

import sqlalchemy as sa

from lms.accounts import models as accounts
from lms.audit import models as audit
from lms.backup import models as backup
from lms.calendars import models as calendars
from lms.certificates import models as certificates
from lms.certificates.badges import models as badges
from lms.certificates.designs import models as certificate_designs
from lms.certificates.desk import models as certificate_desk
from lms.courses import models as courses
from lms.db import Base
from lms.entry import models as entry
from lms.files import models as files
from lms.jobs import models as jobs
from lms.look import models as look
from lms.mail import models as mail
from lms.meetings import models as meetings
from lms.messages import models as messages
from lms.organisations import models as organisations
from lms.papers import models as papers
from lms.participants import models as participants
from lms.quizzes import models as quizzes
from lms.submissions import models as submissions
from lms.surveys import models as surveys
from lms.talk import models as talk
from lms.upkeep import models as upkeep

__all__ = [
    "accounts",
    "audit",
    "backup",
    "badges",
    "calendars",
    "certificate_designs",
    "certificate_desk",
    "certificates",
    "courses",
    "entry",
    "files",
    "jobs",
    "look",
    "mail",
    "meetings",
    "messages",
    "organisations",
    "papers",
    "participants",
    "quizzes",
    "submissions",
    "surveys",
    "talk",
    "upkeep",
]


def _give_no_id_twice() -> None:
    """Let SQLite count on where the row with the highest id is gone, as PostgreSQL does.

    Otherwise a newcomer could get the id of somebody taken back with a list, and what the record
    says of the one would stand on the other's page.
    """
    for table in Base.metadata.tables.values():
        (key, *others) = table.primary_key.columns
        if not others and isinstance(key.type, sa.BigInteger):
            table.dialect_options["sqlite"]["autoincrement"] = True


_give_no_id_twice()
