"""Facts that live in settings pages and in people's heads: asked, one at a time, with where to look."""

from __future__ import annotations

from bot.diagnosis.catalogue import Asks, asked
from bot.diagnosis.facts.values import Pair
from bot.playbook import Text
from connectors.contract import Sale


def asks(question: tuple[str, str], where: tuple[str, str], **options: tuple[str, str]) -> Asks:
    return Asks(
        question=Text(en=question[0], es=question[1]),
        where=Text(en=where[0], es=where[1]),
        options={name: Text(en=en, es=es) for name, (en, es) in options.items()},
    )


YES_NO = {"yes": ("Yes", "Sí"), "no": ("No", "No")}


pos_refreshed = asked(
    "pos_refreshed",
    "Whether a hard refresh of the register's page mends what it shows (V9).",
    shown=("the register's screen after a hard refresh", "la pantalla de la caja tras recargar"),
    asks=asks(
        (
            "Please reload the register's page once, past its cache. What does it show now?",
            "Recargue la página de la caja una vez, sin caché. ¿Qué muestra ahora?",
        ),
        (
            "On the register: Ctrl+Shift+R (on a Mac Cmd+Shift+R), then open the customer again.",
            "En la caja: Ctrl+Shift+R (en Mac Cmd+Shift+R) y abra de nuevo al cliente.",
        ),
        now_right=("It is right now", "Ahora está bien"),
        still_wrong=("Still the same", "Sigue igual"),
    ),
)


source_frozen = asked(
    "source_frozen",
    'Whether "Use last backup" freezes the register\'s data at Alpine IQ (A12).',
    shown=("whether the provider's data source is frozen", "si la fuente de datos está congelada"),
    asks=asks(
        (
            "In Alpine IQ, is “Use last backup” switched on for this store's register?",
            "En Alpine IQ, ¿está activado “Use last backup” para la caja de esta tienda?",
        ),
        (
            "Alpine IQ: Settings > Integrations > Dutchie POS. Please only look, change nothing there.",
            "Alpine IQ: Settings > Integrations > Dutchie POS. Solo mire, no cambie nada.",
        ),
        **YES_NO,
    ),
)


programme_paused = asked(
    "programme_paused",
    "Whether somebody paused the program without telling everybody (V12).",
    shown=("whether the program is paused", "si el programa está en pausa"),
    asks=asks(
        (
            "Did the store pause or switch off its points program lately?",
            "¿La tienda pausó o apagó su programa de puntos últimamente?",
        ),
        ("Ask the store manager or the loyalty administrator.", "Pregunte al gerente o al administrador del programa."),
        **YES_NO,
    ),
)


mirror_archives = asked(
    "mirror_archives",
    "Whether Alpine IQ keeps the orders of archived and merged profiles attached (A11).",
    shown=("whether Mirror Archives is on", "si Mirror Archives está activado"),
    asks=asks(
        ("In Alpine IQ, is “Mirror Archives” switched on?", "En Alpine IQ, ¿está activado “Mirror Archives”?"),
        (
            "Alpine IQ: Settings > Integrations > Dutchie POS. Please only look.",
            "Alpine IQ: Settings > Integrations > Dutchie POS. Solo mire.",
        ),
        **YES_NO,
    ),
)


wallet_message = asked(
    "wallet_message",
    "What staff see when they open the customer's wallet at the register (A4, A9, V22).",
    shown=("what the wallet says", "qué dice la billetera"),
    asks=asks(
        ("What does the register say when you open the wallet?", "¿Qué dice la caja al abrir la billetera?"),
        (
            "{% if pair.pos == 'treez' %}Add the customer to the sale and open the loyalty wallet."
            "{% else %}In the order: … > Redeem AIQ, then the customer's phone.{% endif %}",
            "{% if pair.pos == 'treez' %}Agregue al cliente a la venta y abra la billetera."
            "{% else %}En el pedido: … > Redeem AIQ, y el teléfono del cliente.{% endif %}",
        ),
        no_code=("The texted code does not arrive", "No llega el código por mensaje"),
        spins=("It keeps loading", "Se queda cargando"),
        other=("Something else", "Otra cosa"),
    ),
    takes={"pair": Pair},
)


card_icon = asked(
    "card_icon",
    "Whether the register is set up to show the loyal / non-loyal icon at all (A10).",
    shown=("whether the loyalty icon is switched on", "si el icono de lealtad está activado"),
    asks=asks(
        (
            "Does this register show the yellow star on any other member's card?",
            "¿Esta caja muestra la estrella amarilla en la tarjeta de otros miembros?",
        ),
        ("Settings > Registers > Configure > Cards.", "Settings > Registers > Configure > Cards."),
        **YES_NO,
    ),
)


second_profile = asked(
    "second_profile",
    "Whether the person may have a profile under contact details that the question does not name (V8).",
    shown=("whether there is another profile", "si hay otro perfil"),
    asks=asks(
        (
            "Could the customer have a second profile, or did somebody merge profiles lately?",
            "¿Podría el cliente tener otro perfil, o alguien fusionó perfiles hace poco?",
        ),
        (
            "Ask the customer for an older phone or e-mail; ask the manager about merges.",
            "Pida al cliente un teléfono o correo anterior; pregunte al gerente por fusiones.",
        ),
        other_contact=("Yes, an older phone or e-mail", "Sí, otro teléfono o correo"),
        merged_lately=("Profiles were merged lately", "Se fusionaron perfiles hace poco"),
        no=("No", "No"),
    ),
)


right_sale = asked(
    "right_sale",
    "Whether the sale that was found is the one the customer means.",
    shown=("whether it is the right sale", "si es la venta correcta"),
    asks=asks(
        (
            "The latest sale I found is of {{ sale.at | date }}, {{ sale.total | money }}. Is that the one?",
            "La última venta que encontré es del {{ sale.at | date }}, {{ sale.total | money }}. ¿Es esa?",
        ),
        ("Look at the customer's receipt.", "Mire el recibo del cliente."),
        **YES_NO,
    ),
    takes={"sale": Sale | None},
)


others_too = asked(
    "others_too",
    "Whether other customers of the store see the same (V10, V12, V18, A12).",
    shown=("whether other customers see the same", "si a otros clientes les pasa lo mismo"),
    asks=asks(
        ("Do other customers of this store see the same?", "¿A otros clientes de esta tienda les pasa lo mismo?"),
        (
            "Open two or three regular members at the register and compare.",
            "Abra en la caja a dos o tres miembros habituales y compare.",
        ),
        only_this=("Only this one", "Solo a este"),
        some=("Some of them", "A algunos"),
        everybody=("All of them", "A todos"),
    ),
)


lately_changed = asked(
    "lately_changed",
    "Whether the store changed its register or its provider, and whether old points were brought in (V15, V23, P5).",
    shown=("whether the store changed systems", "si la tienda cambió de sistema"),
    asks=asks(
        (
            "Did the store change its register or its points program, and were old points brought in?",
            "¿Cambió la tienda de caja o de programa de puntos, y se trajeron los puntos viejos?",
        ),
        (
            "Ask the loyalty administrator, or whoever did the change.",
            "Pregunte al administrador del programa o a quien hizo el cambio.",
        ),
        just_connected=("Connected today or yesterday", "Conectado hoy o ayer"),
        not_brought=("Changed; this one was left out", "Cambió; este quedó fuera"),
        none_brought=("Changed; nothing brought in yet", "Cambió; aún no se trajo nada"),
        no_change=("No change lately", "Sin cambios"),
    ),
)
