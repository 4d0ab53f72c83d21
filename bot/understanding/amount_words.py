"""The words around a number that say what it is, in both languages."""

from __future__ import annotations

from bot.understanding.plain import word_set

PROVIDER, POS, PERSON, STORE = "theprovider", "thepos", "customer", "thestore"
"""Words that stand in the place of the names of vendors, people and stores."""

LARGEST = 1_000_000
LONGEST_BARE = 100_000
"""From here on a number is points only where it says so; six digits alone are an id more often."""

POINTS = word_set("points point pts pt puntos punto ptos pnts puntitos")
UNITS = word_set("""
    dollars dollar bucks usd dolares pesos percent times day days week weeks month months year years yr yrs min
    mins minute minutes hour hours hr hrs am pm grams gram g oz ounce ounces mg lb lbs x st nd rd th accounts
    profiles customers people orders visits purchases receipts items
    dias semanas meses anos horas minutos veces cuentas perfiles compras personas clientes jars jar
    bags boxes units unit packs carts cents centavos phones numbers numeros members miembros
    contacts contactos regulars attendees ppl folks names nombres rows lines entries filas lineas error errors
    are were failed missed first
""")
FEW_OF = word_set("account profile customer order visit purchase item phone person cliente cuenta perfil compra")
"""Counted only in small numbers: "2 profile", but "pos 200 customer says 500"."""
MANY_THANKS = word_set("gracias thanks")
"""After "mil": no balance."""
LABELS = word_set("""
    id number num numero order ticket receipt recibo profile code codigo pin version gen gelato level nivel tier
    ext extn extension room cuarto suite apt zip http error status page pagina line linea aisle step paso row fila box
    case caso
""")
NUMBERED = word_set("register reg pos caja store till terminal drawer computer tienda lane")
SPENT = word_set("""
    spent spend spends gasto gaste paid pago pagaron redeemed redeem redeeming canjeo canjea canjear canjee used uso
    use using usar over under since desde takes took out down short lost missing minus menos negative negativo perdio
    faltan by difference diff diferencia cost costs cuesta cuestan worth requires require bonus bono
    earned earn earns earning gotten gano ganado received needs needed need necesita
""")
"""What a number after it is no balance."""
EARNED = word_set("earned earn gotten gano ganado received recibir ganar")
"""Before a number: what one purchase gave, or should have given."""
BILLS = word_set("bill tab total subtotal price cost purchase order spend amount compra precio")
"""What is counted in money, though nobody writes the sign: "the bill was 90"."""
OF_A_BILL = word_set("was is of for at to de fue era es came were")
OFFERS = word_set("""
    reward rewards recompensa recompensas discount descuento free gratis coupon one ones bonus tier level nivel
    threshold minimum per por each every cada milestone away
""")
"""After "100 points": what such points buy, promise, or are given for."""
BUYS = word_set("canjea canjean canjear canjeo buys")
"""After "500 puntos": they are spent."""
DONE = word_set("""
    gave given give move moved transfer transferred award awarded credited add added remove removed deduct deducted took
    send sent dio dieron pasa pasar pasaron mover transferir quitaron descontaron agregaron sumaron quito
    gained charged reverse owe owes owed promised prometieron debemos
    reversed undo undid apply applied applying drop desaparecieron desaparecio vencieron caducaron
    revertir aplicar
""")
"""What was done, or shall not be done, with points: no balance either."""
PRIZES = word_set("reward tier coupon discount recompensa descuento nivel level threshold minimum minimo limit limite")
"""What so many points buy: "the reward is 300 points"."""
GONE = word_set("""
    taken deducted gone lost missing short shy less fewer more extra too menos mas vanished disappeared removed
    perdidos desaparecieron
""")
"""After "100 points": a difference between two balances, and none itself."""
BOUNDS = word_set("least most max maximum minimum minimo maximo limit")
"""Before a number: a bound, and nobody's balance."""
LESS = word_set("short shy less fewer extra too menos")
"""The same right after a number."""
AUXILIARIES = word_set("were was are is got have has just")
EXPIRING = word_set("expire expired expires expiring will vencen vencieron vence caducan caducaron")
SIGNS = word_set("sign cartel poster flyer banner offer oferta letrero volante email mail correo")
"""What says a number that is nobody's balance."""

# What shows points, who speaks of them, and how: each on the claiming or on the register's side.
CLAIM_THINGS = word_set(f"""
    app apps aplicacion wallet wallets billetera phone fone cel celular telefono text sms mensaje online website
    web site pagina dashboard portal {PROVIDER}
""")
OBSERVE_THINGS = word_set(f"""
    terminal computer computadora monitor
    register reg pos caja screen pantalla system sistema till checkout kiosk ours here aqui aca nuestro {POS}
""")
HERE = word_set("here aqui aca")
CLAIM_FIXED = word_set("""
    should supposed deberia deberian debe debia debian debieron esperaba esperaban expected expects expecting expect
    ought tendria shld shud shouldve shoulda
""")
CLAIM_PEOPLE = word_set("""
    customer cust client cliente clienta guest he she they shes hes guy lady dude gal man woman member senora
    senor ella el husband wife mom dad patron visitor buyer boyfriend girlfriend son daughter
""")
COLLEAGUES = word_set("""
    manager mgr supervisor coworker colleague cashier budtender associate gerente encargado encargada jefe jefa cajero
    cajera vendedor vendedora companero companera
""")
"""Who works here: what they say is neither the customer's word nor what the register shows."""
OBSERVE_PEOPLE = word_set("we i im mine me nosotros yo it")
HAVE = word_set("""
    have has got get gets getting had says say tengo tenemos vemos dice show showing seeing still at looking count
    counting find finding read reading pull pulls only just
""")
"""What people at the register do with a balance, beside seeing it."""
CLAIM_VERBS = word_set("""
    says say said sez claims claim claiming swears insists thinks told dice dicen jura cree had tenia was before antes
    supposedly supuestamente segun according sees ve tells telling insiste insisten asegura remembers
    remember recalls recuerda
""")
SPEECH = word_set("""
    says say said saying sez claims claim claimed claiming swears swore swearing insists insisted insisting thinks
    thought told telling tells dice dicen dijo diciendo jura cree alega asegura insiste insisten reclama comenta
    mentioned mentions remembers remember recalls recuerda complains
""")
"""What only people do."""
SHOWED = word_set(
    "said showed read displayed was were had decia marcaba salia salian mostraba aparecia aparecian tenia"
)
"""What a screen did, and does no more."""
OBSERVE_VERBS = word_set("""
    shows show showing shown see seeing reads displays muestra muestran aparece aparecen sale salen salieron marca veo
    only solo now ahora ahorita today hoy actually currently actualmente
""")
YESTERDAY = word_set("yesterday ayer anoche earlier previously")
"""Before a number that is no more, where another is now."""
PAST = word_set("had was tenia habia")
PREPOSITIONS = word_set("in on at from per by en inside")
MEANWHILE = word_set("""
    who that thats is just also now here there aqui ahi alla que in line keeps still really actually
""")
"""Between a person and what the person says: "customer in line here says", "guest who keeps saying"."""
BROKEN = word_set("""
    down slow broken froze frozen freezing crashed offline loading lagging stuck laggy lento lenta caido caida trabo
    trabada trabado traba congelo carga abre funciona sirve jala
""")
BREAKS = word_set("is was isnt wont wasnt not keeps got went looks all super so se no esta anda quedo estaba")
"""Between a thing and what is wrong with it: "pos is down", "la caja no carga"."""
SIDES = word_set("side end lado")
OUR = word_set("our my nuestro mi")
THEIR = word_set("her his their customer customers cust client clients cliente")
"""Before a side: whose it is."""
SMALL_WORDS = word_set("the his her their my our your this a el la los su sus customers guests clients de on at")
LEADS = (
    SMALL_WORDS
    | OBSERVE_VERBS
    | OBSERVE_PEOPLE
    | HAVE
    | POINTS
    | PREPOSITIONS
    | word_set("is its are was be it he she hes shes they has had tiene tenia le les nos se a hay que balance saldo of")
    | word_set("with con like about unos nomas puros says said say dice claims sees ve comes up")
)
"""Words between a cue and its number that say nothing else."""

# What asks for points to be added or taken off.
ADD = word_set("""
    add give gift credit award toss throw put plus bump load comp compensate compensar compensale compensele grant hook
    slide dale denle agrega agregale
    agregar suma sumale sumar pon ponle abona abonale abonar dar darle regalale agregarle sumarle abonarle ponerle
    acredita acreditale acreditar otorga otorgale
    subele subale subirle agreguen sumen
    dele agregue agreguele agreguenle sume sumele sumenle ponga pongale ponganle ponerle abone abonele abonenle
    acredite acreditele otorguele carguele regalele
""")
TAKE = word_set("""
    deduct remove subtract minus dock pull yank quita quitale quitar resta restale restar
    descuenta descontar descuentale baja bajale quitarle restarle descontarle
    quite quitele quitenle reste restele restenle descuente descuentele descuentenle bajele
""")
GIVE_BACK = word_set("""
    refund restore reinstate return devuelve devuelvele devolver devolverle regresa regresale regresar regresarle
    reembolsa reembolsar devuelva devuelvale devuelvanle regrese regresele regresenle reembolse reembolsele
""")
"""Asks for points to be added only where points are said: receipts and goods are returned, too."""
AWAY = word_set("off away out back")
REFUSED = word_set("""
    not dont never cant didnt doesnt wont cannot shouldnt no nunca who did does didn it she he debian debieron iban
""")
"""Before a verb that asks: nothing is asked ("dont add 50", "why did it take off 40", "she put 50 in")."""
INSIDE = {"hook": "with", "set": "with", "throw": "in", "toss": "in", "put": "in", "slide": "in", "load": "in"}
"""Verbs, and the word that may stand between them and the number: "hook him up with 50", "throw in 50"."""
WHOM = word_set("""
    him her his their them em the this that customer cust le a al su sus another an extra me us just
    about like account los las
    guy lady dude gal person patient cliente clienta up by
""")
SHOWN = word_set("""
    at is was shows show showing says say see seeing dice sale salen marca muestra balance saldo hes shes history
    historial negative negativo negativa has have had tiene tenia got
""")
"""Before a number with a minus: a balance below zero, not something asked for."""
AFTER_DELTA = POINTS | word_set("""
    to for back more on please pls plz porfa por from off and then y al en mas her his him their them a de extra away
    into not each real really quick asap rn now today because bc since cuz thanks thx porque ya
""")
PRICES = word_set("price total bill purchase order tab cart item check ticket eighth ounce next precio cuenta compra")
"""What money is taken off, not points."""
WANTS = word_set("needs need want wants please can could necesita quiere ocupa")
ADDED = word_set("added back credited agregados sumados")
REMOVED = word_set("removed deducted taken quitados restados")
