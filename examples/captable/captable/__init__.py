"""A small cap-table application: companies, stakeholders, certificates, transfers."""
