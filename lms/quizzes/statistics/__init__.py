"""What a test's results say of the test: pure, exact in whole numbers until the last step.

Formulas and edge cases are those of the rules of classical test theory that trainers know from
other systems; `docs/quiz-statistics.md` tells them in words. Marks come in as whole parts
(`scores.SCALE` to a mark): sums and products are exact, so that a variance of nothing is nothing.
"""
