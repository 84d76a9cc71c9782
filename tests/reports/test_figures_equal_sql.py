"""Each figure against plain SQL over the tables, written by hand and apart from the program."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Edition, Programme
from lms.entry import queries
from lms.reports.catalogue import built
from lms.reports.population import Filters, scope_of
from lms.web.i18n import in_locale
from tests.entry.asked import ESF_PLUS, shipped
from tests.reports.cohort import SECOND, fill

# What is looked at, as a condition about a place „e”: an edition, one of its groups, an
# organisation in it, all editions of the programme, a county in them.
LOOKS = {
    "edition": ("e1", {}, "e.edition_id = :edition"),
    "second edition": (SECOND, {}, "e.edition_id = :edition"),
    "group": ("e1", {"group": "Grupa A"}, "e.edition_id = :edition AND e.group_id = :group"),
    "organisation": (
        "e1",
        {"organisation": "Asociația Poarta"},
        "e.edition_id = :edition AND e.organisation_name = 'Asociația Poarta'",
    ),
    "programme": (None, {}, "e.edition_id IN (SELECT id FROM editions WHERE programme_id = :p)"),
    "county": (
        None,
        {"county": "BT"},
        "e.county = 'BT' AND e.edition_id IN (SELECT id FROM editions WHERE programme_id = :p)",
    ),
}


class Look:
    """A way of looking, with its condition in SQL."""

    def __init__(self, cast, ids, name):
        self.slug, narrowed, self.where = LOOKS[name]
        self.cast, self.ids = cast, ids
        narrowed = dict(narrowed)
        if "group" in narrowed:
            narrowed["group"] = ids[narrowed["group"]]
        self.filters = Filters(**narrowed)
        with cast.app.app_context():
            edition = db.session().scalars(sa.select(Edition).filter_by(slug=self.slug)).first()
            self.values = {
                "edition": edition.id if edition else 0,
                "p": cast.programme_id,
                "group": self.filters.group or 0,
                **{k: v for k, v in ids.items() if k in ("quiz", "start", "end")},
                "m1": cast.module_ids[0],
                "m2": cast.module_ids[1],
                "course": cast.course_id,
            }

    def figures(self, kind):
        with self.cast.app.app_context(), in_locale("en"):
            session = db.session()
            edition = session.scalars(sa.select(Edition).filter_by(slug=self.slug)).first()
            scope = scope_of(
                session.get_one(Programme, self.cast.programme_id), edition, self.filters
            )
            made = built(kind, scope)
            places = made.population.by_id
            found = dict(made.report.figures())
        for key, one in found.items():  # the list behind a count is as long as it says
            figure = one.figure
            if figure.unit == "count" and figure.behind is not None and "attempts" not in key:
                assert len(figure.behind) == (figure.value or 0), key
                if kind != "certificates":
                    people = {places[b.place_id].person_id for b in figure.behind}
                    assert len(people) == len(figure.behind), f"{key} lists somebody twice"
        return {key: one.figure.value for key, one in found.items()}

    def one(self, sql):
        """Ask for one value; LOOKED stands for the condition, and ACTIVE for it with takes part."""
        text = sql.replace("ACTIVE", f"({self.where} AND e.state = 'active')")
        text = text.replace("LOOKED", f"({self.where})")
        wanted = {k: v for k, v in self.values.items() if f":{k}" in text}
        with self.cast.app.app_context():
            return db.session().execute(sa.text(text), wanted).scalar()

    def dec(self, sql, *, of=100):
        """Ask for an exact number that is kept as a whole one."""
        value = self.one(sql)
        return None if value is None else Decimal(value) / of


def rounded(value, places="0.1"):
    return None if value is None else Decimal(value).quantize(Decimal(places), ROUND_HALF_UP)


def share(part, whole):
    return None if whole < 10 else rounded(Decimal(100 * part) / whole)


@pytest.fixture
def cohort(cast):
    return cast, fill(cast)


@pytest.fixture(params=LOOKS)
def look(request, cohort):
    return Look(*cohort, request.param)


def test_progress(look):
    said = look.figures("progress")
    people = look.one("SELECT count(DISTINCT e.person_id) FROM enrolments e WHERE ACTIVE")
    assert said["head.people.n"] == people
    assert said["head.withdrawn.n"] == look.one(
        """SELECT count(DISTINCT e.person_id) FROM enrolments e WHERE LOOKED AND e.person_id NOT IN
           (SELECT e.person_id FROM enrolments e WHERE ACTIVE)"""
    )
    assert said["head.completed.n"] == look.one(
        """SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN completions c
           ON c.enrolment_id = e.id AND c.kind = 'course' WHERE ACTIVE"""
    )
    course = look.values["course"]
    here = look.one(
        """SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN editions d
           ON d.id = e.edition_id WHERE d.course_id = :course AND ACTIVE"""
    )
    for module in ("m1", "m2"):
        row = f"c{course}.m{look.values[module]}"
        passed = look.one(
            f"""SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN completions c
                ON c.enrolment_id = e.id WHERE c.kind = 'module'
                AND c.subject_id = :{module} AND ACTIVE"""
        )
        touched = look.one(
            f"""SELECT count(DISTINCT e.person_id) FROM enrolments e WHERE ACTIVE AND (
                EXISTS (SELECT 1 FROM completions c WHERE c.enrolment_id = e.id
                        AND c.kind = 'module' AND c.subject_id = :{module})
                OR EXISTS (SELECT 1 FROM lesson_progress l JOIN lessons s ON s.id = l.lesson_id
                        WHERE l.enrolment_id = e.id AND s.module_id = :{module})
                OR EXISTS (SELECT 1 FROM attempts a JOIN quizzes q ON q.id = a.quiz_id
                        WHERE a.enrolment_id = e.id AND q.module_id = :{module})
                OR EXISTS (SELECT 1 FROM paper_results r JOIN quizzes q ON q.id = r.quiz_id
                        WHERE r.enrolment_id = e.id AND q.module_id = :{module}
                        AND r.revoked_at IS NULL))"""
        )
        assert said[f"{row}.passed"] == passed
        assert said[f"{row}.going"] == touched - passed
        assert said[f"{row}.todo"] == here - touched
        assert said[f"{row}.share"] == share(passed, here)


BEST = """SELECT e.person_id AS person, max(t.percent) AS best, max(t.won) AS won FROM enrolments e
    JOIN ({union}) t ON t.enrolment_id = e.id WHERE ACTIVE GROUP BY e.person_id"""
ONLINE = """SELECT enrolment_id, percent, CASE WHEN passed THEN 1 ELSE 0 END AS won FROM attempts
    WHERE quiz_id = :{quiz} AND state = 'submitted'"""
PAPER = """SELECT enrolment_id, percent, CASE WHEN passed THEN 1 ELSE 0 END AS won
    FROM paper_results WHERE quiz_id = :{quiz} AND revoked_at IS NULL"""


def best(*ways, quiz="quiz"):
    return BEST.format(union=" UNION ALL ".join(way.format(quiz=quiz) for way in ways))


def test_results(look):
    said, row = look.figures("results"), f"q{look.ids['quiz']}"
    here = look.one("""SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN editions d
        ON d.id = e.edition_id WHERE d.course_id = :course AND ACTIVE""")
    both = best(ONLINE, PAPER)
    took = look.one(f"SELECT count(*) FROM ({both}) x")
    passed = look.one(f"SELECT count(*) FROM ({both}) x WHERE won = 1")
    assert said[f"all.{row}.passed"] == passed
    assert said[f"all.{row}.failed"] == took - passed
    assert said[f"all.{row}.never"] == here - took
    assert said[f"all.{row}.share"] == share(passed, here)
    assert said[f"all.{row}.rate"] == share(passed, took)
    for part, way in (("online", ONLINE), ("paper", PAPER)):
        mine = best(way)
        count = look.one(f"SELECT count(*) FROM ({mine}) x")
        total = look.dec(f"SELECT sum(best) FROM ({mine}) x")
        assert said[f"{part}.{row}.people"] == count
        assert said[f"{part}.{row}.mean"] == (rounded(total / count) if count else None)
        assert said[f"{part}.{row}.best"] == look.dec(f"SELECT max(best) FROM ({mine}) x")
        won = look.one(f"SELECT count(*) FROM ({mine}) x WHERE won = 1")
        assert said[f"{part}.{row}.passed"] == (won if count else None)
    assert said[f"online.{row}.attempts"] == look.one(
        """SELECT count(*) FROM attempts a JOIN enrolments e ON e.id = a.enrolment_id
           WHERE a.quiz_id = :quiz AND a.state = 'submitted' AND ACTIVE"""
    )


# One place a person: of those with both marks the one enrolled first.
PAIRS = f"""SELECT e.person_id AS person, i.best AS initial, f.best AS final FROM enrolments e
    JOIN (SELECT enrolment_id, max(percent) AS best FROM
        ({ONLINE.format(quiz="start")} UNION ALL {PAPER.format(quiz="start")}) s
        GROUP BY enrolment_id) i ON i.enrolment_id = e.id
    JOIN (SELECT enrolment_id, max(percent) AS best FROM
        ({ONLINE.format(quiz="end")} UNION ALL {PAPER.format(quiz="end")}) s
        GROUP BY enrolment_id) f ON f.enrolment_id = e.id
    WHERE ACTIVE AND e.id = (SELECT min(o.id) FROM enrolments o WHERE o.person_id = e.person_id
        AND o.state = 'active'
        AND o.id IN (SELECT e.id FROM enrolments e WHERE LOOKED)
        AND EXISTS (SELECT 1 FROM ({ONLINE.format(quiz="start")} UNION ALL
            {PAPER.format(quiz="start")}) s WHERE s.enrolment_id = o.id)
        AND EXISTS (SELECT 1 FROM ({ONLINE.format(quiz="end")} UNION ALL
            {PAPER.format(quiz="end")}) s WHERE s.enrolment_id = o.id))"""


def test_initial_and_final_test(look):
    said, course = look.figures("tests"), look.values["course"]
    for name, quiz in (("initial", "start"), ("final", "end")):
        sql = f"SELECT count(*) FROM ({best(ONLINE, PAPER, quiz=quiz)}) x"
        assert said[f"head.{name}{course}.n"] == look.one(sql)
    count = look.one(f"SELECT count(*) FROM ({PAIRS}) x")
    assert said[f"head.both{course}.n"] == count
    assert count > 0
    for row, value in (("initial", "initial"), ("final", "final"), ("gain", "final - initial")):
        total = look.dec(f"SELECT sum({value}) FROM ({PAIRS}) x")
        assert said[f"means{course}.{row}.mean"] == rounded(total / count)
    for least, most in ((0, 20), (20, 40), (40, 60), (60, 80), (80, 101)):
        for column in ("initial", "final"):
            sql = f"""SELECT count(*) FROM ({PAIRS}) x
                WHERE {column} >= {least * 100} AND {column} < {most * 100}"""
            assert said[f"spread{course}.from{least}.{column}"] == look.one(sql)
    for row, sign in (("more", ">"), ("same", "="), ("less", "<")):
        found = look.one(f"SELECT count(*) FROM ({PAIRS}) x WHERE final {sign} initial")
        assert said[f"changes{course}.{row}.n"] == found
        assert said[f"changes{course}.{row}.share"] == share(found, count)


LEDGER = """SELECT e.person_id AS person, h.hours AS hours, CASE
        WHEN h.source = 'office' THEN 'office' ELSE (SELECT p.way FROM presences p
            WHERE p.enrolment_id = e.id AND h.source = 'meeting:' || p.meeting_id) END AS way
    FROM hour_entries h JOIN enrolments e ON e.id = h.enrolment_id WHERE ACTIVE"""


def test_hours(look):
    said = look.figures("hours")
    assert said["head.total.n"] == look.dec(
        "SELECT coalesce(sum(e.hours_attended), 0) FROM enrolments e WHERE ACTIVE"
    )
    assert said["sources.all.hours"] == said["head.total.n"]
    for way in ("ticked", "code", "imported", "office"):
        assert said[f"sources.{way}.hours"] == look.dec(
            f"SELECT coalesce(sum(hours), 0) FROM ({LEDGER}) x WHERE way = '{way}'"
        )
        assert said[f"sources.{way}.people"] == look.one(
            f"""SELECT count(*) FROM (SELECT e.person_id FROM (SELECT e.id, e.person_id,
                h.source, sum(h.hours) AS hours, CASE WHEN h.source = 'office' THEN 'office' ELSE
                (SELECT p.way FROM presences p WHERE p.enrolment_id = e.id
                AND h.source = 'meeting:' || p.meeting_id) END AS way FROM hour_entries h
                JOIN enrolments e ON e.id = h.enrolment_id WHERE ACTIVE
                GROUP BY e.id, e.person_id, h.source) e
                WHERE e.way = '{way}' AND e.hours <> 0 GROUP BY e.person_id) x"""
        )
    shares = """SELECT e.person_id AS person, max(1000000 * e.hours_attended / d.hours_required)
        AS share FROM enrolments e JOIN editions d ON d.id = e.edition_id
        WHERE d.hours_required > 0 AND ACTIVE GROUP BY e.person_id"""
    people = look.one(f"SELECT count(*) FROM ({shares}) x")
    bands = {
        "none": "share = 0",
        "some": "share > 0 AND share < 500000",
        "half": "share >= 500000 AND share < 1000000",
        "all": "share >= 1000000",
    }
    for band, condition in bands.items():
        found = look.one(f"SELECT count(*) FROM ({shares}) x WHERE {condition}")
        assert said[f"reached.{band}.n"] == found
        assert said[f"reached.{band}.share"] == share(found, people)
    assert said["head.reached.n"] == said["reached.all.n"]
    for number in range(3):
        meeting = look.ids[f"meeting{number}"]
        key = f"meetings.m{meeting}"
        if f"{key}.present" in said:
            there = f"""FROM presences p JOIN enrolments e ON e.id = p.enrolment_id
                WHERE p.meeting_id = {meeting} AND p.struck_at IS NULL AND ACTIVE"""
            assert (said[f"{key}.present"] or 0) == look.one(f"SELECT count(*) {there}")
            assert said[f"{key}.hours"] == look.dec(f"SELECT coalesce(sum(p.hours), 0) {there}")


def test_certificates(look):
    said = look.figures("certificates")
    mine = "FROM certificates c JOIN enrolments e ON e.id = c.enrolment_id WHERE LOOKED"
    for state in ("reserved", "valid", "superseded", "revoked", "void"):
        found = look.one(f"SELECT count(*) {mine} AND c.state = '{state}'")
        assert said[f"states.{state}.n"] == found
    assert said["states.all.n"] == look.one(f"SELECT count(*) {mine}")
    for month in ("2026-06", "2026-07"):
        issued = f"""{mine} AND c.issued_at IS NOT NULL
            AND substr(CAST(c.issued_on AS TEXT), 1, 7) = '{month}'"""
        assert said.get(f"months.{month}.issued", 0) == look.one(f"SELECT count(*) {issued}")
        valid = look.one(f"SELECT count(*) {issued} AND c.state = 'valid'")
        assert said.get(f"months.{month}.valid", 0) == valid
    valid = look.one(f"SELECT count(*) {mine} AND c.state = 'valid'")
    stands = """EXISTS (SELECT 1 FROM paper_entries p JOIN paper_acts a ON a.id = p.act_id
        WHERE p.certificate_id = c.id AND a.event = '{}' AND NOT EXISTS
        (SELECT 1 FROM paper_entries o WHERE o.corrects_id = p.id))"""
    printed = """EXISTS (SELECT 1 FROM printings p WHERE p.certificate_id = c.id
        AND p.kind = '{}' AND NOT EXISTS
        (SELECT 1 FROM printings o WHERE o.replaces_id = p.id))"""
    conditions = {
        "printed": printed.format("original' AND p.duplicate_id IS NULL AND '1' = '1"),
        "duplicated": printed.format("original' AND p.duplicate_id IS NOT NULL AND '1' = '1"),
        "copied": printed.format("copy"),
        "signed": stands.format("signed"),
        "handed": stands.format("handed_over"),
        "waiting": "NOT " + stands.format("handed_over"),
    }
    for row, condition in conditions.items():
        found = look.one(f"SELECT count(*) {mine} AND c.state = 'valid' AND {condition}")
        assert said[f"paper.{row}.n"] == (found if valid else None)
        assert said[f"paper.{row}.share"] == share(found, valid)
    done = """SELECT DISTINCT e.person_id FROM enrolments e JOIN completions k
        ON k.enrolment_id = e.id AND k.kind = 'course' WHERE ACTIVE"""
    completed = look.one(f"SELECT count(*) FROM ({done}) x")
    held = look.one(
        f"SELECT count(DISTINCT e.person_id) {mine} AND c.state = 'valid' "
        f"AND e.person_id IN ({done})"
    )
    assert said["head.completed.n"] == completed
    assert said["head.held.n"] == (held if completed else None)
    assert said["head.lack.n"] == (completed - held if completed else None)


NOW = """COALESCE((SELECT c.answers ->> '{q}' FROM entry_corrections c WHERE c.record_id = r.id
    AND c.answers ->> '{q}' IS NOT NULL ORDER BY c.id DESC LIMIT 1), r.answers ->> '{q}')"""
DAY = """CAST(COALESCE((SELECT c.entered_on FROM entry_corrections c WHERE c.record_id = r.id
    AND c.entered_on IS NOT NULL ORDER BY c.id DESC LIMIT 1), r.entered_on) AS TEXT)"""
ASKED = ("gender", "labour", "education", "rural", "disability", "origin", "minority", "homeless")
ENTRIES = f"""SELECT r.person_id, {", ".join(f"{NOW.format(q=q)} AS {q}" for q in ASKED)},
    CAST(substr({DAY}, 1, 4) AS INTEGER) - CAST(substr({NOW.format(q="birth")}, 1, 4) AS INTEGER)
    - CASE WHEN substr({DAY}, 6) < substr({NOW.format(q="birth")}, 6) THEN 1 ELSE 0 END AS age
    FROM entry_records r WHERE r.programme_id = :p AND r.completed_at IS NOT NULL
    AND r.person_id IN (SELECT e.person_id FROM enrolments e WHERE LOOKED)"""
INDICATORS = {
    "EECO01": "1 = 1",
    "EECO02": "labour LIKE 'unemployed%'",
    "EECO03": "labour = 'unemployed-over-12'",
    "EECO04": "labour LIKE 'inactive%'",
    "EECO05": "labour = 'employed'",
    "EECO06": "age < 18",
    "EECO07": "age BETWEEN 18 AND 29",
    "EECO08": "age >= 55",
    "EECO09": "education IN ('isced-0', 'isced-1', 'isced-2')",
    "EECO10": "education IN ('isced-3', 'isced-4')",
    "EECO11": "education IN ('isced-5', 'isced-6', 'isced-7', 'isced-8')",
    "EECO12": "disability = 'yes'",
    "EECO13": "origin = 'third-country'",
    "EECO14": "origin IN ('foreign-background', 'third-country')",
    "EECO15": "minority = 'yes'",
    "EECO16": "homeless = 'homeless'",
    "EECO17": "rural = 'village'",
}


def test_participants_by_indicator_and_gender(look):
    said = look.figures("participants")
    for code, condition in INDICATORS.items():
        for gender in ("woman", "man"):
            assert said[f"indicators.{code}.{gender}"] == look.one(
                f"SELECT count(*) FROM ({ENTRIES}) x WHERE gender = '{gender}' AND {condition}"
            ), (code, gender)
        assert said[f"indicators.{code}.all"] == look.one(
            f"SELECT count(*) FROM ({ENTRIES}) x WHERE {condition}"
        )
    counted = look.one(f"SELECT count(*) FROM ({ENTRIES}) x")
    assert said["head.counted.n"] == counted == said["indicators.all.all"]
    asked = """SELECT DISTINCT e.person_id FROM enrolments e LEFT JOIN entry_records r
        ON r.person_id = e.person_id AND r.programme_id = :p
        WHERE LOOKED AND (e.state = 'active' OR r.id IS NOT NULL)"""
    begun = look.one(
        f"""SELECT count(*) FROM ({asked}) x JOIN entry_records r ON r.person_id = x.person_id
            AND r.programme_id = :p WHERE r.completed_at IS NULL"""
    )
    assert said["head.begun.n"] == begun
    everybody = look.one(f"SELECT count(*) FROM ({asked}) x")
    assert said["head.open.n"] == everybody - counted - begun
    for code, kind in (("EECO18", "public_authority"), ("ONG", "ngo")):
        assert said[f"entities.{code}.n"] == look.one(
            f"""SELECT count(DISTINCT e.organisation_name) FROM enrolments e JOIN entry_records r
                ON r.person_id = e.person_id AND r.programme_id = :p
                WHERE LOOKED AND r.completed_at IS NOT NULL AND e.organisation_kind = '{kind}'"""
        )


def test_the_indicators_are_those_of_the_entrys_own_count(cohort):
    cast, ids = cohort
    for name in ("edition", "programme"):
        look = Look(cast, ids, name)
        said = look.figures("participants")
        with cast.app.app_context():
            tally = queries.tally_of(
                shipped(ESF_PLUS),
                programme_id=cast.programme_id,
                edition_id=look.values["edition"] or None,
            )
        for code, by_gender in tally.by_gender.items():
            for gender, count in by_gender.items():
                assert said[f"indicators.{code}.{gender}"] == count
