"""
Postings on PostgreSQL against the same statements sent by plain psycopg.

What the store sends for each posting is recorded on one copy of the tables.  Then 200
postings run on a second copy, and the recorded statements, reads included, on a third,
pair by pair.  ``post_postgres_round_trips`` is how many statements are between BEGIN
and COMMIT: the larger of a purchase and a redemption.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from benchmarks.pairing import Pairs
from benchmarks.servers import RawPostgres, recorded, server
from benchmarks.shop import CARDS, post, purchases, shop_in
from loyaltycore.query.queries import Query, total


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.servers import Sent, Server
    from benchmarks.shop import Purchase
    from loyaltycore import Loyalty
    from loyaltycore.stores.sql import SqlStore

__all__ = ["run", "run_batch"]

_DISCARD = 20
_ROUNDS = 3
_POSTINGS = 1_000
_BATCHES = 3


def run(_: Path) -> Iterator[Figure]:
    """Measure ``post_postgres_round_trips`` and ``post_postgres_vs_raw``."""
    with server() as found:
        if found is not None:
            yield from _single(found)


def run_batch(_: Path) -> Iterator[Figure]:
    """Measure ``batch_postgres_vs_raw``."""
    with server() as found:
        if found is not None:
            yield _batch(found)


def _single(found: Server) -> Iterator[Figure]:
    before, card_ids = found.prepared()
    traced = found.copy_of(before)
    shop = shop_in(traced)
    measured = purchases(CARDS, "measured")
    _warm(shop, card_ids)
    trace = [_sent(shop, card_ids, purchase) for purchase in measured]
    with recorded() as sent:
        shop.cards.redeem_points(card_ids[0], "0.50", key="redeemed")
        redeeming = len(sent)
    earning = max(len(each) for each in trace)
    yield Figure(
        name="post_postgres_round_trips",
        value=max(earning, redeeming),
        digits=0,
        aim=Aim("<=", 4),
        note=f"statements inside the transaction: earn {earning}, redeem {redeeming}",
    )
    pairs = Pairs()
    for number in range(_ROUNDS):
        ours, theirs = found.copy_of(before), found.copy_of(before)
        shop = shop_in(ours)
        _warm(shop, card_ids)
        raw = RawPostgres(traced, theirs, found.engine.url)
        meant = [raw.meant_for_us(each) for each in trace]
        pairs.run(
            [partial(post, shop, card_ids, each) for each in measured],
            [partial(raw.transaction, each) for each in meant],
            discard=_DISCARD,
            first=number % 2,
        )
        raw.close()
        assert _versions(ours) == _versions(theirs), "both sides wrote the same"
    yield Figure(
        name="post_postgres_vs_raw",
        value=pairs.ratio,
        aim=Aim("<=", 1.5),
        note=pairs.note("posting", "the same statements"),
    )


def _batch(found: Server) -> Figure:
    before, card_ids = found.prepared()
    measured = purchases(_POSTINGS, "batch")
    traced = found.copy_of(before)
    shop = shop_in(traced)
    with recorded() as sent:
        _post_all(shop, card_ids, measured)
    pairs = Pairs()
    for number in range(_BATCHES):
        ours, theirs = found.copy_of(before), found.copy_of(before)
        raw = RawPostgres(traced, theirs, found.engine.url)
        meant = raw.meant_for_us(sent)
        pairs.run(
            [partial(_post_all, shop_in(ours), card_ids, measured)],
            [partial(raw.transaction, meant)],
            first=number % 2,
        )
        raw.close()
        assert _versions(ours) == _versions(theirs), "both sides wrote the same"
    return Figure(
        name="batch_postgres_vs_raw",
        value=pairs.ratio,
        aim=Aim("<=", 2.0),
        note=pairs.note(f"{_POSTINGS} postings", "the same statements"),
    )


def _warm(shop: Loyalty, card_ids: list[str]) -> None:
    """Read what is read once: the tables' version, the program, the template."""
    shop.cards.show(card_ids[0])


def _sent(shop: Loyalty, card_ids: list[str], purchase: Purchase) -> list[Sent]:
    with recorded() as sent:
        post(shop, card_ids, purchase)
    return sent


def _post_all(shop: Loyalty, card_ids: list[str], measured: Sequence[Purchase]) -> None:
    with shop.batch() as batch:
        for purchase in measured:
            post(batch, card_ids, purchase)


def _versions(store: SqlStore) -> int:
    with store.session(write=False) as session:
        (row,) = session.summarize(Query("card"), measures={"n": total("version")})
    versions: int = row["n"]
    return versions
