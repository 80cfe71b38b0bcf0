"""What everybody wants to be told of without writing a rule."""

from .rules import alert_rules
from .watching import Finding, Watch, keep_findings, look, watch_dead_letters

__all__ = ["Finding", "Watch", "alert_rules", "keep_findings", "look", "watch_dead_letters"]
