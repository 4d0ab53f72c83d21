"""The text of a new playbook, ready to be filled in."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from bot.errors import BadInput
from bot.playbook.schema import Identifier

_ID: TypeAdapter[str] = TypeAdapter(Identifier)

_NEW = """\
# A playbook is one kind of staff question. `pointsman playbooks check` says what is still missing.
id: {id}
title:
  en: {title}
  es: {title}
covers: []                        # ids of the domain, such as V1
questions:                        # 30 or more, as staff really type them, English and Spanish
  - {words}
near_misses: []                   # texts that look alike and mean something else
needs: [customer]
findings:                         # in order of likelihood: the first that holds is the cause
  - id: not_a_member
    when: customer and not member
    tell:                         # the budtender says this to the customer: no blame, no jargon
      en: "You are not signed up for points yet. It takes about two minutes."
      es: "Aún no está en el programa de puntos. Toma unos dos minutos."
    say:                          # the finding, for the staff member
      en: "{{{{ customer.name }}}} is in the register, but the loyalty provider has no such member."
      es: "{{{{ customer.name }}}} está en la caja, pero el programa de lealtad no tiene ese miembro."
    guide:                        # steps for a person
      - en: "Open the sign-up form in a browser and fill it in with the customer."
        es: "Abra el formulario de registro en el navegador y llénelo con el cliente."
otherwise: escalate
cases:                            # its own tests, run against the sandbox
  - world: not_a_member
    question: {words} 303-555-0151
    finding: not_a_member
"""


def new_playbook(playbook_id: str) -> str:
    """The text of `playbooks/<id>.yml`. Raises BadInput when the id is none."""
    try:
        _ID.validate_python(playbook_id)
    except ValidationError:
        raise BadInput(f'"{playbook_id}" is no id: small letters, digits and _, starting with a letter.') from None
    words = playbook_id.replace("_", " ")
    return _NEW.format(id=playbook_id, title=words.capitalize(), words=words)
