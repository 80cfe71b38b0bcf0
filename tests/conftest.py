"""Every test can ask for real servers: services, databases, database, topic, private_kafka …"""

pytest_plugins = ["infra.testing"]
