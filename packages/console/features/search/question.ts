// The question as it stands in the address: read by nuqs, turned into what the centre is asked.
import { parseAsArrayOf, parseAsFloat, parseAsString, parseAsStringLiteral } from 'nuqs'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/time.ts'

export const RANGES = ['15m', '1h', '24h', '7d'] as const
export type Range = (typeof RANGES)[number]

const RANGE_MS: Record<Range, number> = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
}

const list = parseAsArrayOf(parseAsString).withDefault([])

export const questionParsers = {
  q: parseAsString.withDefault(''),
  /** `deviceId~sightingId`: find what looks like it. */
  like: parseAsString,
  device: list,
  source: list,
  label: list,
  range: parseAsStringLiteral(RANGES),
  /** ISO 8601; they count only without a range. */
  from: parseAsString,
  to: parseAsString,
  conf: parseAsFloat,
}

export interface Question {
  q: string
  like: string | null
  device: string[]
  source: string[]
  label: string[]
  range: Range | null
  from: string | null
  to: string | null
  conf: number | null
}

export interface Ref {
  deviceId: string
  sightingId: string
}

export const refKey = ({ deviceId, sightingId }: Ref): string => `${deviceId}~${sightingId}`

export function readRef(key: string | null): Ref | null {
  const [deviceId, sightingId, ...rest] = key?.split('~') ?? []
  return deviceId && sightingId && rest.length === 0 ? { deviceId, sightingId } : null
}

/** Only what is set; a relative range is counted back from `nowMs`. */
export function filtersOf(question: Question, nowMs: number): SearchFilters {
  const { device, source, label, range, conf } = question
  const from = range ? new Date(nowMs - RANGE_MS[range]).toISOString() : isoOrNull(question.from)
  const to = range ? null : isoOrNull(question.to)
  return {
    ...(device.length > 0 ? { devices: device } : {}),
    ...(source.length > 0 ? { sources: source } : {}),
    ...(label.length > 0 ? { labels: label } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(conf !== null && conf > 0 && conf <= 1 ? { minConfidence: conf } : {}),
  }
}

export function hasFilters(question: Question): boolean {
  return Object.keys(filtersOf(question, 0)).length > 0
}

/** What the centre is asked: words, or a sighting to compare with, under the filters. */
export function askOf(question: Question, nowMs: number) {
  const words = question.q.trim()
  const like = readRef(question.like)
  return {
    filters: filtersOf(question, nowMs),
    ...(like ? { similarTo: like } : words === '' ? {} : { q: words }),
  }
}

function isoOrNull(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}
