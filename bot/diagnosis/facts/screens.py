"""What a provider without an API for it shows on its screens: asked of a person, with where to look for each vendor.

A finding that reads one of these says so itself ("not pair.shows_balance and …"), so that nobody is asked for what the
provider's API tells.
"""

from __future__ import annotations

from bot.diagnosis.catalogue import asked
from bot.diagnosis.facts.staff import YES_NO, asks
from bot.diagnosis.facts.values import Pair, Said
from connectors.contract import Customer, Operation, Sale

_ACCOUNT = (
    "{% if pair.program == 'springbig' %}springbig's dashboard: find the member by phone or e-mail."
    "{% elif pair.program == 'treez' %}Treez Loyalty's dashboard: open the customer's profile."
    "{% elif pair.program == 'brandlift' %}Shopify > BrandLift > Customers: open the account, Loyalty Points."
    "{% else %}{{ provider_name }}: open the customer there.{% endif %}",
    "{% if pair.program == 'springbig' %}Panel de springbig: busque al miembro por teléfono o correo."
    "{% elif pair.program == 'treez' %}Panel de Treez Loyalty: abra el perfil del cliente."
    "{% elif pair.program == 'brandlift' %}Shopify > BrandLift > Customers: abra la cuenta, Loyalty Points."
    "{% else %}{{ provider_name }}: abra al cliente ahí.{% endif %}",
)
_PAIR = {"pair": Pair, "provider_name": str}


balance_seen = asked(
    "balance_seen",
    "What the provider's own screen shows as the balance, where no API tells it (V3, V19, P2).",
    shown=("the balance on the provider's screen", "el saldo en la pantalla del programa"),
    asks=asks(
        (
            "How many points does {{ provider_name }} itself show for this customer?",
            "¿Cuántos puntos muestra {{ provider_name }} para este cliente?",
        ),
        (
            "{% if pair.program == 'treez' %}At the register start a sale, add the customer and open the loyalty "
            "wallet. Apply nothing, and cancel the sale.{% else %}" + _ACCOUNT[0] + "{% endif %}",
            "{% if pair.program == 'treez' %}En la caja empiece una venta, agregue al cliente y abra la billetera. "
            "No aplique nada y cancele la venta.{% else %}" + _ACCOUNT[1] + "{% endif %}",
        ),
        claimed=(
            "{% if said.claimed is not none %}{{ said.claimed | points }}, as the customer says{% else %}"
            "What the customer says{% endif %}",
            "{% if said.claimed is not none %}{{ said.claimed | points }}, como dice el cliente{% else %}"
            "Lo que dice el cliente{% endif %}",
        ),
        observed=(
            "{% if said.observed is not none %}{{ said.observed | points }}, as the register shows{% else %}"
            "What the register shows{% endif %}",
            "{% if said.observed is not none %}{{ said.observed | points }}, como muestra la caja{% else %}"
            "Lo que muestra la caja{% endif %}",
        ),
        other=("Something else", "Otra cosa"),
    ),
    takes={**_PAIR, "said": Said},
    instead_of={"program": Operation.READ_BALANCE},
)


history_seen = asked(
    "history_seen",
    "What the provider's own screen shows in the customer's history, where no API tells it (P1-P5, V13, V20).",
    shown=("the history on the provider's screen", "el historial en la pantalla del programa"),
    asks=asks(
        (
            "What do the last rows of the customer's points history at {{ provider_name }} show?",
            "¿Qué muestran las últimas filas del historial de puntos del cliente en {{ provider_name }}?",
        ),
        _ACCOUNT,
        by_hand=("Points taken off by hand", "Puntos quitados a mano"),
        bulk=("A bulk change", "Un cambio en lote"),
        imported_twice=("One import, twice", "Una importación, dos veces"),
        expired=("Points expired", "Puntos vencidos"),
        taken_back=("A return took points back", "Una devolución quitó puntos"),
        nothing=("None of these", "Nada de esto"),
    ),
    takes=_PAIR,
)


sale_seen = asked(
    "sale_seen",
    "Whether the provider's own screen shows the sale, where no API tells it (V20, P7).",
    shown=("whether the provider shows the sale", "si el programa muestra la venta"),
    asks=asks(
        (
            "Does {{ provider_name }} show the sale of {{ sale.at | date }}, {{ sale.total | money }}?",
            "¿Muestra {{ provider_name }} la venta del {{ sale.at | date }}, {{ sale.total | money }}?",
        ),
        _ACCOUNT,
        **YES_NO,
    ),
    takes={**_PAIR, "sale": Sale | None},
    instead_of={"program": Operation.READ_LEDGER},
)


redemption_seen = asked(
    "redemption_seen",
    "Whether a reward was spent on the undone order and its points came back, where no API tells it (P6, A18).",
    shown=("whether a reward was spent on the order", "si se gastó un premio en el pedido"),
    asks=asks(
        (
            "Was a reward spent on that order, and did its points come back?",
            "¿Se gastó un premio en ese pedido, y volvieron sus puntos?",
        ),
        _ACCOUNT,
        not_back=("Spent, not back", "Gastado, no volvió"),
        back=("Spent, and back", "Gastado, y volvió"),
        none=("No reward on it", "Sin premio"),
    ),
    takes=_PAIR,
    instead_of={"program": Operation.READ_REDEMPTIONS},
)


lookup_says = asked(
    "lookup_says",
    "What Loyalty ID Lookup on the register's screens answers (L1-L7).",
    shown=("what Loyalty ID Lookup says", "qué dice Loyalty ID Lookup"),
    asks=asks(
        (
            "What does Loyalty ID Lookup say? Please only look, and press No for now.",
            "¿Qué dice Loyalty ID Lookup? Solo mire, y por ahora presione No.",
        ),
        (
            "Customer Management > the profile > Edit > the magnifier beside Integrated Loyalty Member; at the "
            "register after a wallet error: Find updated wallet.",
            "Customer Management > el perfil > Edit > la lupa junto a Integrated Loyalty Member; en la caja tras un "
            "error de billetera: Find updated wallet.",
        ),
        up_to_date=("Up to date", "Al día"),
        another_id=("Another id found", "Encontró otro número"),
        no_record=("No record found", "No encontró registro"),
        no_magnifier=("There is no magnifier", "No hay lupa"),
    ),
    instead_of={"program": Operation.FIND_MEMBER},
)


accounts_seen = asked(
    "accounts_seen",
    "How many accounts the provider's own screen shows for the person, where no API tells it (V8).",
    shown=("how many accounts the provider shows", "cuántas cuentas muestra el programa"),
    asks=asks(
        (
            "How many accounts does {{ provider_name }} show for {{ customer.name }}?",
            "¿Cuántas cuentas muestra {{ provider_name }} para {{ customer.name }}?",
        ),
        _ACCOUNT,
        one=("One", "Una"),
        several=("More than one", "Más de una"),
        none=("No account", "Ninguna"),
    ),
    takes={**_PAIR, "customer": Customer | None},
    instead_of={"program": Operation.FIND_MEMBER},
)
