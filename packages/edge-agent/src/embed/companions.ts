// What is with a thing: labels of the other things whose boxes touch its box, counted over all looks at it.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { COMPANIONS_MAX, type Companion } from '@sam3-fleet/shared/domain/sighting'

/** Part of the smaller box that lies in the other: a tie lies in it wholly, a bicycle under somebody by half. */
const TOUCH_MIN = 0.25
/** Part of the looks in which it is there: who walks past a parked car is not with it. */
const SHARE_MIN = 0.5

interface Seen {
  label: string
  bbox: Bbox
}

/** Each label once; things of its own kind are company to everybody in a street and say nothing. */
export function labelsBeside({ label, bbox }: Seen, seen: readonly Seen[]): string[] {
  const others = seen.filter((other) => other.label !== label && touch(bbox, other.bbox))
  return [...new Set(others.map((other) => other.label))]
}

/** @param counts looks that had the label beside it, of `looks` in all */
export function companionsOf(counts: ReadonlyMap<string, number>, looks: number): Companion[] {
  return [...counts]
    .map(([label, count]) => ({ label, share: Math.round((count / looks) * 100) / 100 }))
    .filter(({ share }) => share >= SHARE_MIN)
    .sort((a, b) => b.share - a.share || a.label.localeCompare(b.label))
    .slice(0, COMPANIONS_MAX)
}

function touch([ax, ay, aw, ah]: Bbox, [bx, by, bw, bh]: Bbox): boolean {
  const w = Math.min(ax + aw, bx + bw) - Math.max(ax, bx)
  const h = Math.min(ay + ah, by + bh) - Math.max(ay, by)
  return w > 0 && h > 0 && w * h >= TOUCH_MIN * Math.min(aw * ah, bw * bh)
}
