"""Text into playbook candidates and entities. Pure: no HTTP, no Slack, no database."""

from bot.understanding.entities import entities, masked
from bot.understanding.language import language_of
from bot.understanding.matcher import Matcher
from bot.understanding.models import Candidate, Decision, Entities, Match
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary, load_chatter, load_vocabulary

__all__ = [
    "Candidate",
    "Decision",
    "Entities",
    "Match",
    "Matcher",
    "Vocabulary",
    "built_in_vocabulary",
    "entities",
    "language_of",
    "load_chatter",
    "load_vocabulary",
    "masked",
]
