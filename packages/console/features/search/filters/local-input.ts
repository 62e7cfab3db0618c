// Between an instant and what an input for local date and time holds, in the zone of this browser.

/** Empty for none. */
export function toLocalInput(iso: string | null): string {
  const at = iso === null ? Number.NaN : Date.parse(iso)
  if (Number.isNaN(at)) return ''
  const date = new Date(at)
  const shifted = new Date(at - date.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 19)
}

export function fromLocalInput(text: string): string | null {
  const at = text === '' ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
