// Colours of one detection in its column and back: few bytes, as there are very many detections.
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'

/** JSON `{ name: share }`; null when none was measured. */
export function coloursToText(colours: readonly ColourShare[]): string | null {
  if (colours.length === 0) return null
  return JSON.stringify(Object.fromEntries(colours.map(({ name, share }) => [name, share])))
}

export function coloursFromText(text: string | null): ColourShare[] {
  if (text === null) return []
  const shares = JSON.parse(text) as Record<string, number>
  return Object.entries(shares).map(([name, share]) => ({ name, share }))
}
