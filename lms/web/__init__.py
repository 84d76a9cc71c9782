"""What every page shares: language, templates, forms, safety headers, error pages."""
