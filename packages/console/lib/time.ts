// Instants in, what people read out: in the reader's zone, with the zone named, and ages in one unit.

const LOCALE = 'en-GB'
export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const formats = new Map<string, Intl.DateTimeFormat>()

/** Formatters are slow to make and are asked for by every row. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options })
  formats.set(key, known)
  return known
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const DAY = { day: 'numeric', month: 'short' } as const

function dayKey(atMs: number, zone: string): string {
  return format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs)
}

/** `14:02:31` today, `23 Nov 14:02:31` on another day, with the year when it is another one. */
export function formatInstant(atMs: number, { zone, nowMs }: { zone: string; nowMs: number }): string {
  const clock = format(zone, CLOCK).format(atMs)
  if (dayKey(atMs, zone) === dayKey(nowMs, zone)) return clock
  return `${formatDay(atMs, { zone, nowMs })} ${clock}`
}

/** `23 Nov`, or `23 Nov 2025` when that is not this year. */
export function formatDay(atMs: number, { zone, nowMs }: { zone: string; nowMs: number }): string {
  const year = format(zone, { year: 'numeric' })
  const sameYear = year.format(atMs) === year.format(nowMs)
  return format(zone, sameYear ? DAY : { ...DAY, year: 'numeric' }).format(atMs)
}

/** From first to last, saying the day once: `14:02:31 – 14:02:40`. */
export function formatSpan(
  fromMs: number,
  toMs: number,
  { zone, nowMs }: { zone: string; nowMs: number },
): string {
  const from = formatInstant(fromMs, { zone, nowMs })
  if (Math.floor(fromMs / SECOND_MS) === Math.floor(toMs / SECOND_MS)) return from
  const sameDay = dayKey(fromMs, zone) === dayKey(toMs, zone)
  const to = sameDay ? format(zone, CLOCK).format(toMs) : formatInstant(toMs, { zone, nowMs })
  return `${from} – ${to}`
}

/** `UTC+1`, `GMT-3`, or the zone's own short name where the platform has one. */
export function zoneName(zone: string, atMs: number): string {
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(atMs)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
}

const AGE_UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', SECOND_MS],
] as const

/** `4 s`, `3 min`, `2 h`, `5 d`: the largest unit that is whole. Clocks may differ, so the future counts as now. */
export function formatAge(ageMs: number): string {
  for (const [unit, unitMs] of AGE_UNITS) if (ageMs >= unitMs) return `${Math.floor(ageMs / unitMs)} ${unit}`
  return '0 s'
}

/** A zone that this platform knows, else UTC: the name comes from a cookie. */
export function knownZone(zone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
