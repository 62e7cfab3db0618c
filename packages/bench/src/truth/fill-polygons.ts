// Outlines in, the pixels inside out: those whose middle an odd number of the polygons holds. Pure.

/** @param polygons `[x1, y1, x2, y2, ...]` in pixels; @returns `width * height` values, 0 or 1 */
export function fillPolygons(
  polygons: readonly (readonly number[])[],
  { width, height }: { width: number; height: number },
): Uint8Array {
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const crossings = polygons.flatMap((polygon) => crossingsOf(polygon, row + 0.5)).toSorted((a, b) => a - b)
    for (let n = 0; n + 1 < crossings.length; n += 2) {
      const from = Math.max(0, Math.ceil((crossings[n] as number) - 0.5))
      const to = Math.min(width, Math.ceil((crossings[n + 1] as number) - 0.5))
      if (to > from) pixels.fill(1, row * width + from, row * width + to)
    }
  }
  return pixels
}

/** Where the outline crosses a line of the picture; always reckoned downwards, so that no rounding tells directions. */
function crossingsOf(polygon: readonly number[], y: number): number[] {
  const crossings: number[] = []
  for (let at = 0; at < polygon.length; at += 2) {
    const next = (at + 2) % polygon.length
    const ends = [cornerAt(polygon, at), cornerAt(polygon, next)] as const
    const [[x1, y1], [x2, y2]] = ends[0][1] < ends[1][1] ? ends : [ends[1], ends[0]]
    if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
  }
  return crossings
}

function cornerAt(polygon: readonly number[], at: number): [x: number, y: number] {
  return [polygon[at] as number, polygon[at + 1] as number]
}
