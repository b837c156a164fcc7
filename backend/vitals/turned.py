"""How many slopes are at or below a slope: what `shared.slopes` counts, with numpy in a quarter of the time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared import slopes
from shared.slopes import Count

# Fewer are counted as soon in plain Python; places of more do not fit, and no record has as many days.
_FEWEST, _MOST = 200, 2**15 - 1
_WHOLE = 2**62
_BLOCK = 128
_LATER = np.triu(np.ones((_BLOCK, _BLOCK), dtype=bool), 1)

Places = np.ndarray[tuple[int, ...], np.dtype[np.int16]]


def counting(days: Sequence[int], values: Sequence[int]) -> Count:
    """The very same as `shared.slopes.counting`."""
    plain = slopes.counting(days, values)
    most = max(map(abs, values), default=0)
    if not _FEWEST <= len(days) <= _MOST or most > _WHOLE:
        return plain
    at, rises = np.array(days, dtype=np.int64), np.array(values, dtype=np.int64)

    def count(slope: int) -> int:
        if most + abs(slope) * days[-1] > _WHOLE:
            return plain(slope)
        order = _order(rises - slope * at)
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order), dtype=np.int16)
        # A pair falls within a block of places, or within a block of ranks, or from block to block of both.
        return _falls(ranks) + _falls(order // _BLOCK) + _block_falls(order)

    return count


def _order(rests: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Places:
    """The places from the least number to the greatest, of equals the later first: what does not rise, falls.

    Filled up to whole blocks with places that come last and have the greatest numbers: they fall nowhere.
    """
    count = len(rests)
    size = -(-count // _BLOCK) * _BLOCK
    order = np.arange(size, dtype=np.int16)
    order[:count] = count - 1 - np.argsort(rests[::-1], kind="stable")
    return order


def _falls(row: Places) -> int:
    """Pairs in one block of which the later is less."""
    blocks = row.reshape(-1, _BLOCK)
    return int(np.count_nonzero((blocks[:, :, None] > blocks[:, None, :]) & _LATER))


def _block_falls(order: Places) -> int:
    """Pairs of which the later is in a later block of places, and in an earlier block of ranks."""
    count = len(order) // _BLOCK
    ranked = np.arange(len(order)) // _BLOCK
    placed = order.astype(np.int64) // _BLOCK
    found = np.bincount(placed * count + ranked, minlength=count * count).reshape(count, count)
    before = np.cumsum(found, axis=0) - found
    above = before.sum(axis=1, keepdims=True) - np.cumsum(before, axis=1)
    return int((found * above).sum())
