// One page of ranked answers out of windows of candidates. A window is a stretch of the nearest-neighbour order
// (asked label and colour first, then by similarity); inside it candidates are ranked by the calibrated judge.
// Whatever else was found (by words, by devices) belongs to the first window. Every answer stands on one page.
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../store/cursor.ts'
import { sightingKey } from '../store/get-sightings.ts'
import { compareRank, inOrder, rankKeyOf, type Ranked, type RankKey } from './ranked.ts'
import type { NearestKey } from '../store/nearest-query.ts'

/** One window of candidates per space, and where the next one starts; null when there is none. */
export interface Window {
  ranked: Ranked[]
  next: WindowStart | null
}

/** Per space of the question: where to go on; null: this space has no more. */
export type WindowStart = (NearestKey | null)[]

const nearestKeySchema = z.tuple([z.number(), z.number(), z.number(), z.string(), z.string()])
const cursorSchema = z.object({
  /** Start of the window; null is the first one. */
  w: z.array(nearestKeySchema.nullable()).nullable(),
  /** Last answer of the page before, when it lies in this window. */
  r: z.tuple([z.number(), z.number(), z.string(), z.string()]).nullable(),
})

export interface PageSource {
  /** The window that starts there; null starts at the nearest. */
  window(start: WindowStart | null): Promise<Window>
  /** Found otherwise; they are ranked in the first window and left out of all others. */
  extras: readonly Ranked[]
  /** Candidates of the windows that are not to appear: replaced by an extra, or asked to be left out. */
  leaveOut: ReadonlySet<string>
}

export interface Page {
  ranked: Ranked[]
  nextCursor: string | null
}

/** @throws FleetError INVALID_INPUT for a cursor of another list. */
export async function pageOf(
  source: PageSource,
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Promise<Page> {
  let { w: start, r: after } =
    cursor === undefined ? { w: null, r: null } : decodeCursor(cursorSchema, cursor)
  const page: Ranked[] = []
  for (;;) {
    const { ranked, next } = await source.window(start)
    const own = ranked.filter((one) => !source.leaveOut.has(sightingKey(one.deviceId, one.sightingId)))
    const left = inOrder(start === null ? [...own, ...source.extras] : own).filter(isBehind(after))
    page.push(...left.slice(0, limit - page.length))
    const shown = page.at(-1)
    if (left.length > 0 && shown !== undefined && page.length === limit && left.at(-1) !== shown)
      return { ranked: page, nextCursor: encodeCursor({ w: start, r: rankKeyOf(shown) }) }
    if (next === null) return { ranked: page, nextCursor: null }
    if (page.length === limit) return { ranked: page, nextCursor: encodeCursor({ w: next, r: null }) }
    ;[start, after] = [next, null]
  }
}

function isBehind(after: RankKey | null): (one: Ranked) => boolean {
  return (one) => after === null || compareRank(rankKeyOf(one), after) > 0
}
