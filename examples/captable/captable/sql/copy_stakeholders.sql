COPY captable_stakeholder (company_id, name, kind, email, tax_id) FROM STDIN
