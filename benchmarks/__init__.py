"""What capture, relay and persister cost, measured beside their peers: ``python -m benchmarks``."""
