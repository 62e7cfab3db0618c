// Windows of candidates for a question: one nearest-neighbour read per space, each candidate judged.
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import type { Window, WindowStart } from './page.ts'
import type { Question, SpaceQuestion } from './question.ts'
import type { Ranked } from './ranked.ts'
import { keyOf, type NearestHit } from '../store/nearest-query.ts'
import type { VectorSearch } from './vector-search.ts'

/** Candidates per space and window: small rows, enough that ranking by label, colour and movement has room. */
export const WINDOW_CANDIDATES = 2_000

export interface WindowScope {
  tenantId: string
  filters: SearchFilters
}

export function createCandidateWindows(
  vectors: VectorSearch,
  { candidates = WINDOW_CANDIDATES }: { candidates?: number } = {},
) {
  async function spaceWindow(
    scope: WindowScope,
    space: SpaceQuestion,
    after: WindowStart[number],
  ): Promise<{ ranked: Ranked[]; next: WindowStart[number] }> {
    const hits = await vectors.nearest({ ...scope, ...space, limit: candidates, after })
    const last = hits.at(-1)
    return {
      ranked: hits.flatMap((hit) => judged(space, hit)),
      next: hits.length === candidates && last ? keyOf(last) : null,
    }
  }

  return {
    async window(scope: WindowScope, question: Question, start: WindowStart | null): Promise<Window> {
      const parts = await Promise.all(
        question.spaces.map(async (space, at) => {
          const after = start?.[at] ?? null
          // In a later window, a space without a place to go on has been read to its end.
          if (start !== null && after === null) return { ranked: [], next: null }
          return await spaceWindow(scope, space, after)
        }),
      )
      const next = parts.map((part) => part.next)
      return {
        ranked: parts.flatMap((part) => part.ranked),
        next: next.some((key) => key !== null) ? next : null,
      }
    },
  }
}

export type CandidateWindows = ReturnType<typeof createCandidateWindows>

function judged(space: SpaceQuestion, hit: NearestHit): Ranked[] {
  const { rankScore, band } = space.judge(hit)
  if (band === null) return []
  const { deviceId, sightingId, firstSeenMs, similarity } = hit
  return [{ deviceId, sightingId, rank: rankScore, firstSeenMs, similarity, band, stored: null }]
}
