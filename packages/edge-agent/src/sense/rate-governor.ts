// How much of the wished rate a hot or hungry board may be asked for: less before the chip slows itself down, which would
// make every stage late at once, and more only after it has been cool for a while. Steps, so that it does not flicker.
import type { BoardReading } from './board.ts'

/** Parts of the wished frames a second, from all of them down. */
const STEPS = [1, 0.7, 0.5, 0.3, 0.15] as const
/** Degrees below the kernel's own limit at which it is slowed down by one step; at the last ones, to the end at once. */
const LOWER_BELOW_C = 6
const LOWEST_BELOW_C = 2
/** Degrees below that limit that count as cool; far from the above, so that a step back is not taken again at once. */
const COOL_BELOW_C = 12
/** Milliseconds that a step has to show before the next one down: a heat sink answers slowly. */
const SETTLE_MS = 20_000
/** Milliseconds of coolness before a step up. */
const COOL_FOR_MS = 60_000
/** Where no zone says at what it throttles: below the 95 to 99 of Orin, Xavier and Thor. */
const ASSUMED_THROTTLE_C = 95

export interface Governed {
  /** 0..1 of the wished frames a second. */
  factor: number
  /** For people; null at full rate. */
  reason: string | null
}

export interface RateGovernor {
  /** Looks at a new reading and says what holds from now on. */
  look(reading: BoardReading): Governed
  state(): Governed
}

export function createRateGovernor(clock: { monotonicMs(): number }): RateGovernor {
  let step = 0
  let changedMs = -Infinity
  let coolSinceMs: number | null = null
  let eventsBefore: number | null = null
  let reason: string | null = null

  function moveTo(next: number, because: string | null): void {
    step = next
    changedMs = clock.monotonicMs()
    coolSinceMs = null
    reason = because
  }

  const state = (): Governed => ({ factor: STEPS[step] ?? 1, reason: step === 0 ? null : reason })

  return {
    state,
    look(reading) {
      const nowMs = clock.monotonicMs()
      const hot = closest(reading)
      const roomC = hot === null ? Infinity : hot.limitC - hot.c
      const isOverCurrent =
        eventsBefore !== null &&
        reading.overCurrentEvents !== null &&
        reading.overCurrentEvents > eventsBefore
      eventsBefore = reading.overCurrentEvents ?? eventsBefore
      const isSettled = nowMs - changedMs >= SETTLE_MS
      const isLast = step === STEPS.length - 1
      if (roomC < LOWEST_BELOW_C && hot && !isLast) moveTo(STEPS.length - 1, tooHot(hot))
      else if (isOverCurrent && !isLast && isSettled)
        moveTo(step + 1, 'the board drew more current than it may')
      else if (roomC < LOWER_BELOW_C && hot && !isLast && isSettled) moveTo(step + 1, tooHot(hot))
      if (roomC < COOL_BELOW_C || isOverCurrent) coolSinceMs = null
      else coolSinceMs ??= nowMs
      const isCool = coolSinceMs !== null && nowMs - coolSinceMs >= COOL_FOR_MS
      if (step > 0 && isCool) moveTo(step - 1, reason)
      return state()
    },
  }
}

interface Hot {
  name: string
  c: number
  limitC: number
}

/** The sensor that is closest to where the chip slows itself down; null without any. */
function closest({ temperaturesC, throttleAtC }: BoardReading): Hot | null {
  // A sensor without a point of its own is held to the lowest of its neighbours.
  const known = Object.values(throttleAtC)
  const otherwiseC = known.length > 0 ? Math.min(...known) : ASSUMED_THROTTLE_C
  const all = Object.entries(temperaturesC).map(([name, c]) => ({
    name,
    c,
    limitC: throttleAtC[name] ?? otherwiseC,
  }))
  return all.reduce<Hot | null>(
    (least, one) => (least && least.limitC - least.c <= one.limitC - one.c ? least : one),
    null,
  )
}

function tooHot({ name, c, limitC }: Hot): string {
  return `${name} has ${Math.round(c)} °C, the chip slows itself down at ${Math.round(limitC)} °C`
}
