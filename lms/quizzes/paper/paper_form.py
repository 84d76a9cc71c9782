"""What is typed about a test taken on paper."""

from __future__ import annotations

import wtforms
from wtforms import validators

from lms.quizzes.paper.paper_score import Score, ScoreFault, ScoreRefused, read_score
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

_NEEDED = validators.InputRequired(lazy("This is needed."))


def _length(most: int) -> validators.Length:
    return validators.Length(max=most, message=lazy("At most %(max)d characters."))


class PaperForm(Form):
    """A test taken on paper."""

    score: Score | None = None

    taken_on = wtforms.DateField(lazy("Day of the test"), [_NEEDED])
    place = wtforms.StringField(lazy("Place"), [_NEEDED, _length(255)], filters=[stripped])
    earned = wtforms.StringField(lazy("Points"), [validators.Optional()], filters=[stripped])
    possible = wtforms.StringField(
        lazy("Out of how many points"), [validators.Optional()], filters=[stripped]
    )
    percent = wtforms.StringField(
        lazy("Per cent, where you have no points"), [validators.Optional()], filters=[stripped]
    )
    reason = wtforms.StringField(lazy("Why on paper"), [_NEEDED, _length(500)], filters=[stripped])
    scan = wtforms.FileField(lazy("Scan of the paper"), [validators.Optional()])

    def validate(self, extra_validators: object = None) -> bool:
        """Read the result from its three fields."""
        is_valid = super().validate()
        try:
            self.score = read_score(
                self.earned.data or "", self.possible.data or "", self.percent.data or ""
            )
        except ScoreRefused as refusal:
            field = self.earned if not self.percent.data else self.percent
            field.errors = [score_fault_words(refusal.fault)]
            return False
        return is_valid


class ReasonForm(Form):
    """A reason."""

    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, _length(500)], filters=[stripped])


class PaperScanForm(Form):
    """A scan of a paper."""

    scan = wtforms.FileField(lazy("Scan of the paper"))


def score_fault_words(fault: ScoreFault) -> str:
    """Say what is wrong with a result."""
    return {
        ScoreFault.MISSING: _("Write the points and how many there are in all, or the per cent."),
        ScoreFault.HALF: _("Write both: the points and how many there are in all."),
        ScoreFault.BOTH: _("Write either the points or the per cent, not both."),
        ScoreFault.NOT_A_NUMBER: _("Write numbers, such as 7,5."),
        ScoreFault.MORE_THAN_ALL: _("The result is more than there is to get."),
    }[fault]
