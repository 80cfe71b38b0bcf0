"""Logical deletion: rows are voided and hidden, restored, and only on purpose removed."""
