"""Hide small groups so that nobody can work out their size, not even by subtraction.

Primary and complementary suppression as statistical offices do it (Hundepool et al., *Statistical Disclosure Control*,
2012, ch. 4), for one table of counts with its total:

1. a group under ``minimum`` is hidden (primary);
2. while what is hidden could be worked out from the total, the next smallest group is hidden too (complementary): one
   group alone, fewer than ``minimum`` people together, all groups of one person, or all as large as a small group can be;
3. where even all groups together stay under ``minimum``, nothing is published: no group, no total.

A test tries every table of its size against what is published: each hidden group keeps at least two possible sizes, even
for a reader who knows these rules. What they don't promise: a shown group may be all alike (everybody completed), which
is then known of each of its members.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MINIMUM = 5


@dataclass(frozen=True)
class Publication:
    """What may be shown: each group's size, ``None`` where hidden; ``total`` ``None`` where nothing may be shown."""

    groups: dict[str, int | None]
    total: int | None

    def shows(self, group: str) -> bool:
        """Whether figures about this group may be shown at all."""
        return self.groups.get(group) is not None


def publish(counts: Mapping[str, int], minimum: int = MINIMUM) -> Publication:
    """Decide what may be shown of ``counts`` (people by group). Empty groups are left out: they hold nobody to protect."""
    present = {group: count for group, count in counts.items() if count > 0}
    total = sum(present.values())
    if total < minimum:
        return Publication({}, None)
    if len(present) > 1 and total == len(present):
        return Publication({}, total)
    hidden = {group for group, count in present.items() if count < minimum}
    for size in sorted(set(present.values())):
        if not hidden or _ambiguous([present[one] for one in hidden], minimum):
            break
        # All groups of that size at once: choosing one of them would tell, by the choice, which one is the small one.
        hidden.update(group for group, count in present.items() if count == size)
    return Publication({group: None if group in hidden else count for group, count in present.items()}, total)


def _ambiguous(hidden: list[int], minimum: int) -> bool:
    """Whether the sum of the hidden groups leaves more than one way to share it out among them."""
    together = sum(hidden)
    extremes = (len(hidden), (minimum - 1) * len(hidden))
    return len(hidden) >= 2 and together >= minimum and together not in extremes
