"""Diagnosis: facts, their graph, and findings. Reads vendors through the connectors' contract only."""

from bot.diagnosis.cases import CaseResult, OpenWorld, run_case, run_cases
from bot.diagnosis.catalogue import Asks, BadCatalogue, CannotTell, Catalogue, Fact, Outcome, asked, fact
from bot.diagnosis.diagnosing import catalogue, diagnose, fact_value
from bot.diagnosis.models import Ask, Conclusion, Diagnosis, Evidence, NotTold, Option, Row
from bot.diagnosis.replaying import differences, replay
from bot.diagnosis.subject import Subject, Systems
from bot.diagnosis.table import TABLE_FACTS

catalogue()  # a fact that is written wrongly must be found when the program starts, not when somebody asks

__all__ = [
    "TABLE_FACTS",
    "Ask",
    "Asks",
    "BadCatalogue",
    "CannotTell",
    "CaseResult",
    "Catalogue",
    "Conclusion",
    "Diagnosis",
    "Evidence",
    "Fact",
    "NotTold",
    "OpenWorld",
    "Option",
    "Outcome",
    "Row",
    "Subject",
    "Systems",
    "asked",
    "catalogue",
    "diagnose",
    "differences",
    "fact",
    "fact_value",
    "replay",
    "run_case",
    "run_cases",
]
