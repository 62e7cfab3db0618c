// A question to the fleet, answered from the centre's copy and by the devices that are ahead of it, with how
// complete the answer is. The filters lie inside every read; "nothing matches" is a valid answer.
import type { Coverage, FindInput, FindOutput, StreamEvent } from '@sam3-fleet/shared/search/find'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { LiveAnswer, LiveSearch } from '../live/live-search.ts'
import { getSightings, sightingKey } from '../store/get-sightings.ts'
import { listDeviceRows } from '../store/list-device-rows.ts'
import { asSettled } from './as-settled.ts'
import { createCandidateWindows } from './candidate-windows.ts'
import { coverageOf, type DeviceInScope } from './coverage.ts'
import { findResult } from './find-result.ts'
import { foundByWords } from './found-by-words.ts'
import { listingWindow } from './listing-windows.ts'
import { mergeLive } from './merge-live.ts'
import { pageOf, type Window, type WindowStart } from './page.ts'
import type { Question } from './question.ts'
import type { Ranked } from './ranked.ts'
import type { SearchService } from './search-service.ts'
import { understandQuestion, type QuestionDeps } from './understand-question.ts'
import type { VectorSearch } from './vector-search.ts'

/** Milliseconds that an answer in one piece waits for devices; a person waits no longer for a page. */
const FIND_LIVE_TIMEOUT_MS = 2_500
/** Milliseconds that a stream waits: what is known stands on the screen meanwhile. */
const STREAM_LIVE_TIMEOUT_MS = 8_000
/** Devices asked live for one question; the rest stay "behind" in the coverage. */
const LIVE_DEVICES_MAX = 200

export interface FleetSearchDeps extends QuestionDeps {
  clock: Clock
  vectors: VectorSearch
  live: LiveSearch
}

/** Everything that one question needs while it is being answered. */
interface Asked {
  tenantId: string
  input: FindInput
  question: Question | null
  scope: DeviceInScope[]
  byWords: Ranked[]
  window: (start: WindowStart | null) => Promise<Window>
  startedMs: number
  encodeMs: number
}

export function createFleetSearch(deps: FleetSearchDeps): SearchService {
  const { db, clock, live } = deps
  const windows = createCandidateWindows(deps.vectors)

  async function prepare(tenantId: string, input: FindInput): Promise<Asked> {
    const startedMs = clock.monotonicMs()
    const filters = { tenantId, filters: input.filters }
    const [question, rows] = await Promise.all([
      understandQuestion(deps, tenantId, input),
      listDeviceRows(db, { tenantId, deviceIds: input.filters.devices }),
    ])
    const encodeMs = clock.monotonicMs() - startedMs
    const [scope, byWords] = await Promise.all([
      coverageOf(db, { tenantId, rows, nowMs: clock.nowMs() }),
      question ? foundByWords(db, filters, question) : [],
    ])
    const window = remembered((start) =>
      question ? windows.window(filters, question, start) : listingWindow(db, filters, start),
    )
    return { tenantId, input, question, scope, byWords, window, startedMs, encodeMs }
  }

  function askDevices(
    { tenantId, input, question, scope }: Asked,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<LiveAnswer>[] {
    const request = {
      tenantId,
      question,
      filters: input.filters,
      limit: input.limit,
      timeoutMs,
      signal,
    }
    return scope
      .filter(({ askLive }) => askLive)
      .slice(0, LIVE_DEVICES_MAX)
      .map(({ row }) => live.ask(row, request))
  }

  /** The answer as it stands with what devices have said so far; those still waited for are `pending`. */
  async function answer(asked: Asked, answers: readonly LiveAnswer[], liveMs: number): Promise<FindOutput> {
    const { tenantId, input, question, byWords, window } = asked
    const searchStartedMs = clock.monotonicMs()
    const merged = await mergeLive(db, tenantId, question, answers)
    const fromDevices = merged.replaced
    const words = byWords.filter((one) => !fromDevices.has(sightingKey(one.deviceId, one.sightingId)))
    const leaveOut = new Set([
      ...fromDevices,
      ...words.map((one) => sightingKey(one.deviceId, one.sightingId)),
      ...(question?.except ? [sightingKey(question.except.deviceId, question.except.sightingId)] : []),
    ])
    const pointedAt = (one: Ranked): boolean =>
      one.deviceId === question?.except?.deviceId && one.sightingId === question.except.sightingId
    const extras = [...words, ...merged.extras].filter((one) => !pointedAt(one))
    const page = await pageOf({ window, extras, leaveOut }, { limit: input.limit, cursor: input.cursor })
    const results = await withRecords(tenantId, page.ranked)
    const nowMs = clock.monotonicMs()
    return {
      results,
      coverage: coverageWith(asked.scope, answers),
      interpretation: question?.interpretation ?? null,
      nextCursor: page.nextCursor,
      timing: {
        totalMs: nowMs - asked.startedMs,
        encodeMs: asked.encodeMs,
        searchMs: nowMs - searchStartedMs,
        liveMs,
      },
    }
  }

  async function withRecords(tenantId: string, page: readonly Ranked[]): Promise<FindOutput['results']> {
    const stored = await getSightings(
      db,
      tenantId,
      page.filter((one) => one.stored === null),
    )
    return page.flatMap((one) => {
      const sighting = one.stored ?? stored.get(sightingKey(one.deviceId, one.sightingId))
      // Deleted since it was ranked: it is gone from the answer too.
      return sighting ? [findResult(sighting, one)] : []
    })
  }

  return {
    async find(tenantId, input, signal) {
      const asked = await prepare(tenantId, input)
      const liveStartedMs = clock.monotonicMs()
      const answers = await Promise.all(askDevices(asked, FIND_LIVE_TIMEOUT_MS, signal))
      return await answer(asked, answers, clock.monotonicMs() - liveStartedMs)
    },

    async *stream(tenantId, input, signal): AsyncGenerator<StreamEvent, void, void> {
      const asked = await prepare(tenantId, input)
      const liveStartedMs = clock.monotonicMs()
      const waiting = askDevices(asked, STREAM_LIVE_TIMEOUT_MS, signal)
      const answers: LiveAnswer[] = []
      yield { type: 'results', from: 'centre', deviceId: null, output: await answer(asked, answers, 0) }
      for await (const one of asSettled(waiting)) {
        answers.push(one)
        const output = await answer(asked, answers, clock.monotonicMs() - liveStartedMs)
        if (one.outcome === 'answered')
          yield { type: 'results', from: 'device', deviceId: one.deviceId, output }
      }
      yield { type: 'done', output: await answer(asked, answers, clock.monotonicMs() - liveStartedMs) }
    },
  }
}

function coverageWith(scope: readonly DeviceInScope[], answers: readonly LiveAnswer[]): Coverage[] {
  const byDevice = new Map(answers.map((answer) => [answer.deviceId, answer]))
  let asked = 0
  return scope.map(({ coverage, askLive }) => {
    if (!askLive || ++asked > LIVE_DEVICES_MAX) return coverage
    const answer = byDevice.get(coverage.deviceId)
    return {
      ...coverage,
      askedLive: true,
      answered: answer?.outcome ?? 'pending',
      completeTo:
        answer?.completeToMs == null ? coverage.completeTo : new Date(answer.completeToMs).toISOString(),
    }
  })
}

/** A stream ranks anew for every device that answers; the centre's windows stay what they were. */
function remembered(
  read: (start: WindowStart | null) => Promise<Window>,
): (start: WindowStart | null) => Promise<Window> {
  const windows = new Map<string, Promise<Window>>()
  return (start) => {
    const key = JSON.stringify(start)
    const known = windows.get(key) ?? read(start)
    windows.set(key, known)
    return known
  }
}
