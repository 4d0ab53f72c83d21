"""The chain's stores: which register and which loyalty program each has. Their ids never change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One store. number: what ids of this store are made of."""

    id: str
    name: str
    number: int
    pos: str
    loyalty: str


CHAIN = (
    Place("pine", "Harbor Green - Pine St", 70111, "dutchie", "alpineiq"),
    Place("oak", "Harbor Green - Oak Ave", 70112, "dutchie", "alpineiq"),
    Place("elm", "Harbor Green - Elm St", 70113, "treez", "alpineiq"),
    Place("fir", "Harbor Green - Fir Ln", 70114, "treez", "treez"),
    Place("ash", "Harbor Green - Ash Ct", 70115, "shopify", "rivo"),
    Place("bay", "Harbor Green - Bay Rd", 70116, "shopify", "smile"),
    Place("ivy", "Harbor Green - Ivy Way", 70117, "shopify", "brandlift"),
    Place("yew", "Harbor Green - Yew St", 70118, "dutchie", "springbig"),
    Place("koa", "Harbor Green - Koa Blvd", 70119, "dutchie", "dutchie"),
)
