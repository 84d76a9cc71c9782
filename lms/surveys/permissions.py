"""Who may answer the questionnaire, and who may see what came of it."""

from lms.access import Permission, any_of, is_self, oversees, signed_in, trains

SEE_QUESTIONNAIRE = Permission("survey:see", signed_in)  # what is visible may be seen
SUBMIT_QUESTIONNAIRE = Permission("survey:submit", is_self)
SEE_RESULTS = Permission("survey:see-results", any_of(trains, oversees))
EXPORT_RESULTS = Permission("survey:export-results", any_of(trains, oversees))
