"""Facts that live in settings pages and contracts: asked of whoever may look there."""

from __future__ import annotations

from bot.diagnosis.catalogue import asked
from bot.diagnosis.facts.staff import YES_NO, asks
from bot.diagnosis.facts.values import Pair

plan_includes = asked(
    "plan_includes",
    "Whether the store's plan with the provider includes the register (V17).",
    shown=("whether the plan includes the register", "si el plan incluye la caja"),
    asks=asks(
        (
            "Does the store's plan with the provider include the connection to the register?",
            "¿El plan de la tienda con el programa incluye la conexión con la caja?",
        ),
        (
            "The contract, the loyalty administrator, or the provider's account manager.",
            "El contrato, el administrador del programa o el ejecutivo de cuenta.",
        ),
        **YES_NO,
    ),
)


other_store = asked(
    "other_store",
    "Whether the points were earned at another store, and whether the stores share one program (V16).",
    shown=("where the points were earned", "dónde se ganaron los puntos"),
    asks=asks(
        (
            "Were the points earned at another store, and do the two share one program?",
            "¿Se ganaron los puntos en otra tienda, y comparten las dos un programa?",
        ),
        (
            "Ask the customer; ask your manager about the stores.",
            "Pregunte al cliente; y a su gerente por las tiendas.",
        ),
        not_shared=("Another store, not shared", "Otra tienda, sin compartir"),
        shared=("Another store, shared", "Otra tienda, compartido"),
        this_store=("This store", "Esta tienda"),
    ),
)


online_settings = asked(
    "online_settings",
    "Which of the three ecommerce settings is off (V4, E2, E3).",
    shown=("the three online settings", "los tres ajustes de la tienda en línea"),
    asks=asks(
        ("Which of the three online loyalty settings is off?", "¿Cuál de los tres ajustes en línea está apagado?"),
        (
            "E-Commerce Admin: Settings > Loyalty (display), Settings > Integrations > Loyalty, and Settings > "
            "Ordering (Enable Loyalty Enrollment). These are likely the three.",
            "E-Commerce Admin: Settings > Loyalty (mostrar), Settings > Integrations > Loyalty y Settings > Ordering "
            "(Enable Loyalty Enrollment). Probablemente son estos tres.",
        ),
        one_off=("One or more is off", "Uno o más está apagado"),
        all_on=("All three are on", "Los tres están activos"),
        no_access=("I have no access", "No tengo acceso"),
    ),
)


enrolment_mode = asked(
    "enrolment_mode",
    "How new customers are enrolled, by the settings page (E1, E3, E4).",
    shown=("how new customers are enrolled", "cómo se inscribe a los clientes nuevos"),
    asks=asks(
        ("How does this store enroll new customers?", "¿Cómo inscribe esta tienda a los clientes nuevos?"),
        (
            "{% if pair.native %}Dutchie Backoffice > Loyalty Settings: Auto-enrollment.{% else %}E-Commerce Admin > "
            "Settings > Loyalty > Enrollment, and the rules in {{ provider_name }}'s dashboard.{% endif %}",
            "{% if pair.native %}Dutchie Backoffice > Loyalty Settings: Auto-enrollment.{% else %}E-Commerce Admin > "
            "Settings > Loyalty > Enrollment, y las reglas en el panel de {{ provider_name }}.{% endif %}",
        ),
        automatic=("By itself", "Automático"),
        opt_in=("They tick a box", "Marcan una casilla"),
        manual=("Staff does it", "A mano"),
        no_access=("I have no access", "No tengo acceso"),
    ),
    takes={"pair": Pair, "provider_name": str},
)


bonus_setting = asked(
    "bonus_setting",
    "Whether the welcome bonus is set, and whether another provider is still connected (E4, E8, E12).",
    shown=("the welcome bonus setting", "el ajuste del bono de bienvenida"),
    asks=asks(
        ("Is the welcome bonus set up?", "¿Está configurado el bono de bienvenida?"),
        (
            "{% if pair.native %}Dutchie Backoffice > Loyalty Settings: Welcome Bonus; and Settings > Integrations: no "
            "other provider may be connected.{% else %}{{ provider_name }}'s dashboard, as a loyalty administrator."
            "{% endif %}",
            "{% if pair.native %}Dutchie Backoffice > Loyalty Settings: Welcome Bonus; y Settings > Integrations: no "
            "debe haber otro programa conectado.{% else %}El panel de {{ provider_name }}, como administrador."
            "{% endif %}",
        ),
        is_set=("It is set", "Está puesto"),
        not_set=("It is not set", "No está puesto"),
        other_provider=("Another provider is connected", "Hay otro programa conectado"),
    ),
    takes={"pair": Pair, "provider_name": str},
)


market_limited = asked(
    "market_limited",
    "Whether the provider takes in contacts of one market or state only (A16).",
    shown=("whether contacts are limited to one market", "si los contactos se limitan a un mercado"),
    asks=asks(
        (
            "In Alpine IQ, is “Sync to relevant market / state” switched on for this store's register?",
            "En Alpine IQ, ¿está activado “Sync to relevant market / state” para la caja de esta tienda?",
        ),
        (
            "Alpine IQ: Settings > Integrations > Dutchie POS. Please only look, change nothing there.",
            "Alpine IQ: Settings > Integrations > Dutchie POS. Solo mire, no cambie nada.",
        ),
        **YES_NO,
    ),
)
