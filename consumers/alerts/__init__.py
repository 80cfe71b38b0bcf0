"""What everybody wants to be told of without writing a rule."""

from .rules import alert_rules
from .watching import Finding, Watch, look

__all__ = ["Finding", "Watch", "alert_rules", "look"]
