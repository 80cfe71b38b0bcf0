"""The senders' SQL, over the tables of ``notify``."""

from ...statements import loader

statement = loader(__name__)
