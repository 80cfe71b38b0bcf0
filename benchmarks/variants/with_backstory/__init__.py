"""backstory: statement triggers through ``BaseModel``, put on by ``backstory_install``."""
