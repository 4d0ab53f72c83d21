"""The words around a name in a reply: what turns to another customer, what tells that somebody works here. Folded."""

from __future__ import annotations

from bot.understanding.plain import word_set


def _phrases(block: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split()) for one in block.split("/"))


POLITE = word_set("""
    ok okay k kk oh ah um so well alright right great cool perfect please pls por favor bueno ya no nope nah sorry
    actually oops wait perdon
""")
THANKS = word_set("thanks thank you thx ty gracias hey hi hello hola oye yo")
"""Passed over before a comma or "and"; right before a name they greet somebody."""
SOFT = word_set("and y e also now next then plus tambien ahora entonces luego")
LEADS = _phrases("""
    what about / how about / hows about / what of / whats up with / whats with / whats going on with / same for /
    same with / same w / same thing for / same thing with / same issue for / same issue with / same problem for /
    same problem with / same deal with / same deal for / same question for / same check for / for / check / look up /
    lookup / look at / pull up / try / do / can you check / can you look up / can you do / can you try / could you check
    / same prob for / same prob with / same prob w / same issue w / same problem w / same thing w / same deal w / also w
    / can u check / can u do / lets do / lets check / lets try / next is / next one is / next one / next up /
    next up is / now do /
    now for / then for / que tal / que tal con / que hay de / que onda con / y para / y con / y de / y a / para / lo
    mismo para / lo mismo con / lo mismo de / igual para / igual con / tambien para / tambien con / revisa / revise /
    checa / cheque / busca / busque / sigue / siguiente / ahora con / ahora para / otra vez para / puedes ver / puede
    revisar / how bout / what bout / what abt / wat about / wbt / hbu / then theres / i also have / also have /
    got another one /
    another one / one more / i meant / i mean / meant / its for / it is for / this is for / actually for / es para / era
    para / quise decir / can u look at / can you look at / can u look up / do you see / otra mas /
    same thing but for / same but for / switch to / lets look at / now lets
    look at / look into / could you also look into / could you please also look into / can you also do / can you also
    check / can u also do / can u also check / second one is / third one is / last one is / ahora si con / also need /
    uno mas / wrong person / wrong person its / wrong customer / wrong customer its / wrong guy / wrong guy its / wrong
    lady / wrong lady its / wrong one its / not her / not her its / not him / not him its / no es ella / no es ella es
    / no es el es
""")
LONGEST_LEAD = max(map(len, LEADS))
ARTICLES = word_set(
    "my our the this that a an another other next second third new different one more mi nuestra nuestro el la los un"
    " una otro otra nuevo nueva siguiente este esta esa ese segundo segunda is es"
)
ANOTHER = word_set("another other next second third new different otro otra nuevo nueva siguiente segundo segunda")
PEOPLE = word_set("""
    customer cust client guest member patient lady guy dude girl gal woman man person gentleman regular shopper
    cliente clienta socio socia senora senor senorita sr sra srta mr mrs ms miss don dona chica chico muchacha muchacho
    named called llamada llamado buddy friend amigo amiga
""")
AFTER = word_set("""
    says say said shows showing show has had have claims claimed swears sees sees got gets should wants is was app pos
    register reg till alpine dutchie number phone cell email points pts balance wallet profile account acct card too
    also please pls thanks thx thank tho though next then now she he they her his their with w who same missing lost
    didnt doesnt isnt cant wont on in pos here aqui caja registro dice tiene jura muestra le la el en con que quiere
    sale salen trae cuenta telefono cel numero correo puntos saldo tambien porfa por gracias cuanto cuantos and y
    points and not vs or
""")
"""What may come right after a customer's name."""
TAIL = word_set(
    "too also please pls thanks thx thank tho though next then now points missing same tambien porfa gracias"
)
"""What may follow a name where only "and" or "then" turned to it, and nothing else is told."""
AGAIN = word_set("too also same next now tambien igual")
"""After a name, the same is asked of it: "maria too"."""
THINGS = word_set("points pts app account acct profile wallet balance phone number email card cell puntos cuenta")
WORKS = word_set("""
    manager mgr supervisor coworker colleague budtender bartender cashier associate trainer boss owner gm lead employee
    gerente jefe jefa encargado encargada companero companera cajero cajera vendedor vendedora staff
""")
FAR = word_set("desk back corporate office hq headquarters shift break lunch training support it oficina descanso")
"""Where staff are; behind "at the", "from" and the like."""
PLACED = word_set("at from in on by en de del")
THE = word_set("the our my la el mi nuestro nuestra front is")
SCREENS = word_set("app pos phone wallet profile register caja aqui here account")
NO_NAME = word_set("""
    he she it they we you who somebody someone anybody everybody everyone nobody them him her his hers theirs mine yours
    me us ella el ellos alguien nadie todos
""")
NO_PERSON = word_set("""
    colorado california oregon nevada washington arizona michigan illinois massachusetts oklahoma missouri florida texas
    maine alaska vermont ohio minnesota maryland connecticut delaware utah kansas nebraska wyoming
    idaho hawaii iowa wisconsin kentucky tennessee alabama mississippi arkansas louisiana pennsylvania denver
    boulder lakewood thornton arvada pueblo westminster greeley longmont loveland littleton broomfield portland
    seattle vegas chicago detroit sacramento oakland tucson mexico canada
    sprite coke pepsi fanta gatorade redbull venmo paypal zelle cashapp uber doordash google apple samsung iphone
    instagram facebook
    thanksgiving christmas xmas halloween hanukkah croptober navidad
    stiiizy jeeter kiva cookies leafly weedmaps leaflink wyld wana cresco curaleaf incredibles rove
""")
"""Places, drinks, apps, holidays and brands that people speak of like of somebody: "what about Colorado?". None of
which somebody may well have the name: to be asked is better than to be mixed up."""
SHORTEST = 3
LONGEST = 3
"""Words of a name."""
RELATIVES = word_set("""
    husband wife mom mother dad father son daughter sister brother friend boyfriend girlfriend partner esposo esposa
    marido mama papa hijo hija hermano hermana novio novia
""")
"""Before a name: somebody of the customer's."""
GREETED = word_set("ask tell ping cc thanks thank thx ty gracias hey hi hello hola dile pregunta pregunte from by with")
"""Before a name that is no customer's."""
