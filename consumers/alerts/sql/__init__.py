"""The alerts' SQL."""

from ...statements import loader

statement = loader(__name__)
