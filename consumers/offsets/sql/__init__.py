"""The SQL of looking at offsets and of deciding about them."""

from ...statements import loader

statement = loader(__name__)
