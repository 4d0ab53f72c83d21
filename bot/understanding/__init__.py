"""Text into playbook candidates and entities. Pure: no HTTP, no Slack, no database."""

from bot.understanding.corrections import asks, correction, takes_back
from bot.understanding.entities import entities, masked, unclear_points
from bot.understanding.language import language_of
from bot.understanding.matcher import Matcher
from bot.understanding.models import Because, Candidate, Decision, Entities, Match, Reason, Repair
from bot.understanding.places import Moved, moved_to
from bot.understanding.replies import (
    another_or_same,
    asks_why,
    goes_on,
    never_mind,
    of_another,
    of_their_own,
    only_thanks,
    surely_never_mind,
    what_about,
)
from bot.understanding.turns import Turn, turned_to
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary, load_chatter, load_vocabulary

__all__ = [
    "Because",
    "Candidate",
    "Decision",
    "Entities",
    "Match",
    "Matcher",
    "Moved",
    "Reason",
    "Repair",
    "Turn",
    "Vocabulary",
    "another_or_same",
    "asks",
    "asks_why",
    "built_in_vocabulary",
    "correction",
    "entities",
    "goes_on",
    "language_of",
    "load_chatter",
    "load_vocabulary",
    "masked",
    "moved_to",
    "never_mind",
    "of_another",
    "of_their_own",
    "only_thanks",
    "surely_never_mind",
    "takes_back",
    "turned_to",
    "unclear_points",
    "what_about",
]
