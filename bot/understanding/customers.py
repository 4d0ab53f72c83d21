"""Which people named in a text are customers: not who writes, whom they greet, who works there; nor what is sold."""

from __future__ import annotations

import re

from bot.understanding.found import Found, just_before

_COLLEAGUE = re.compile(
    r"\b(?:manager|mgr|supervisor|coworker|co-worker|colleague|budtender|bartender|cashier|associate|trainer|boss|owner"
    r"|gm|lead|employee|gerente|jef[ea]|encargad[oa]|compañer[oa]|companer[oa]|cajer[oa]|vendedor[a]?)"
    r"(?:[ ]is)?[ ,]{1,2}$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"(?:^|[\s,.!])(?:this is|it['’]?s|i['’]?m|i am|soy|me llamo|my name is|aqui|aquí)[ ]$", re.IGNORECASE
)
"""Before a name: it is the writer's."""
_GREETED = re.compile(
    r"(?:^|[\s,.!(-])(?:hi|hey|hello|hola|yo|thanks|thank you|thx|ty|gracias|ask|tell|ping|cc|buenas|morning|pregunta a"
    r"|dile a)[ ,]{1,3}$",
    re.IGNORECASE,
)
_CLAIMS = re.compile(r"[ ](?:says|said|has|had|claims|swears|wants|dice|tiene|quiere|jura)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_AT_WORK = re.compile(
    r"['’]?s[ ](?:register|reg|till|drawer|shift|terminal|station|caja|turno|computer|tablet|ipad|login)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"['’]?s[ ](?:mom|mother|dad|father|husband|wife|son|daughter|sister|brother|friend"
    r"|boyfriend|girlfriend|partner)\b",
    re.IGNORECASE,
)
_OF_WHOM = re.compile(
    r"\b(?:mom|mother|dad|father|husband|wife|son|daughter|sister|brother|friend|boyfriend|girlfriend|partner"
    r"|amig[oa]|mam[aá]|pap[aá]|madre|padre|espos[oa]|marido|hij[oa]|herman[oa]|novi[oa])[ ](?:of|de)[ ]$",
    re.IGNORECASE,
)
"""Before a name: somebody else is the customer."""
_INSTRUCTS = re.compile(
    r"[ ](?:(?:said|says|told me|told us|wants me|wants us)[ ]to|(?:said|says)[ ]the[ ](?:customer|guest))\b",
    re.IGNORECASE,
)
_SOLD = re.compile(
    r"[ ](?:\d+(?:\.\d+)?[ ]?(?:g|mg|oz|gr|ml|grams?)\b|1/[248]|(?:an? )?(?:eighth|half|quarter)[ ]?(?:oz|ounce)?\b"
    r"|(?:carts?|cartridges?|pre-?rolls?|gumm(?:y|ies)|flower|kush|haze|og|live resin|wax|shatter|vapes?|pods?"
    r"|edibles?|battery|tincture|distillate)\b)",
    re.IGNORECASE,
)
_FAR = 40
_SURELY = re.compile(
    r"\b(?:customers?|custs?|clients?|clientes?|clientas?|guest|member|named)[ .:]{1,2}$", re.IGNORECASE
)


def is_customer(text: str, name: Found) -> bool:
    """Whether the name found in the text may be a customer's; where that is open, it is not."""
    before, after = just_before(text, name.start), text[name.end : name.end + _FAR]
    alone = " " not in name.value
    if _SURELY.search(before):
        return True
    if (
        _COLLEAGUE.search(before)
        or _OF_WHOM.search(before)
        or any(one.match(after) for one in (_RELATIVE, _AT_WORK, _INSTRUCTS, _SOLD))
    ):
        return False
    if not alone or _POSSESSIVE.match(after):
        return True
    return not (_SPEAKS.search(before) or (_GREETED.search(before) and not _CLAIMS.match(after)))
