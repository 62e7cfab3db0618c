// Counts, bytes and rates in, short text with a unit out; what is not known is a dash, never a zero.

const LOCALE = 'en-GB'
export const UNKNOWN = '–'

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })

export function formatCount(count: number | null | undefined): string {
  return count == null ? UNKNOWN : whole.format(count)
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units with at most one digit behind the point: `950 B`, `1.2 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes == null) return UNKNOWN
  let amount = bytes
  let unit = 0
  // 999.95 would round to a four-digit 1,000.
  while (amount >= 999.95 && unit < BYTE_UNITS.length - 1) {
    amount /= 1_000
    unit += 1
  }
  return `${(unit === 0 ? whole : tenth).format(amount)} ${BYTE_UNITS[unit]}`
}

export function formatRate(perS: number | null | undefined): string {
  return perS == null ? UNKNOWN : `${(perS >= 10 ? whole : tenth).format(perS)}/s`
}

export function formatByteRate(bytesPerS: number | null | undefined): string {
  return bytesPerS == null ? UNKNOWN : `${formatBytes(Math.round(bytesPerS))}/s`
}

/** 0..1 as a percentage without decimals. */
export function formatShare(share: number): string {
  return `${whole.format(share * 100)} %`
}
