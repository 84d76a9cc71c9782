"""Who may read an edition's and a programme's reports."""

from lms.access import Permission, any_of, oversees, trains

SEE_REPORTS = Permission("reports:see", any_of(trains, oversees))
SEE_INDICATORS = Permission("reports:see-indicators", oversees)
SEE_PROGRAMME_REPORTS = Permission("reports:see-programme", oversees)
