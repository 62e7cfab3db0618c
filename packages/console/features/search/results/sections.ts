// Results in, what stands under each other out: sections by band in the order of trust, then rows of tiles.
import type { Band } from '@sam3-fleet/shared/search/band'
import type { FindResult } from '@sam3-fleet/shared/search/find'

export type SectionKey = Band | 'all'

export interface Tile {
  result: FindResult
  /** Place among all that can be reached with the keys. */
  index: number
}

export type Row =
  | { type: 'heading'; section: SectionKey; count: number; folded: boolean }
  | { type: 'tiles'; tiles: Tile[] }

const ORDER: readonly SectionKey[] = ['all', 'strong', 'likely', 'weak']

export interface Layout {
  rows: Row[]
  /** All tiles that are not folded away, in the order of the screen. */
  tiles: Tile[]
  /** For each tile's index, the row in which it stands. */
  rowOf: number[]
}

/** Weak matches are folded away unless wanted, or unless there is nothing else. */
export function layOut(
  results: readonly FindResult[],
  { columns, showsWeak }: { columns: number; showsWeak: boolean },
): Layout {
  const layout: Layout = { rows: [], tiles: [], rowOf: [] }
  for (const section of ORDER) {
    const own = results.filter(({ band }) => (band ?? 'all') === section)
    if (own.length === 0) continue
    const folded = section === 'weak' && !showsWeak
    layout.rows.push({ type: 'heading', section, count: own.length, folded })
    if (folded) continue
    for (let start = 0; start < own.length; start += columns) {
      const tiles = own
        .slice(start, start + columns)
        .map((result, n) => ({ result, index: layout.tiles.length + n }))
      for (const { index } of tiles) layout.rowOf[index] = layout.rows.length
      layout.tiles.push(...tiles)
      layout.rows.push({ type: 'tiles', tiles })
    }
  }
  return layout
}

export type Move = 'next' | 'previous' | 'below' | 'above' | 'first' | 'last'

/** Where a key leads from `at` (-1: from nowhere yet); stays inside. */
export function moveTo(layout: Layout, at: number, move: Move): number {
  const last = layout.tiles.length - 1
  if (last < 0) return -1
  if (at < 0) return 0
  switch (move) {
    case 'next':
      return Math.min(last, at + 1)
    case 'previous':
      return Math.max(0, at - 1)
    case 'first':
      return 0
    case 'last':
      return last
    case 'below':
      return inRow(layout, at, 1)
    case 'above':
      return inRow(layout, at, -1)
  }
}

/** The tile in the same column of the nearest row of tiles, or its last one where that row is shorter. */
function inRow({ rows, rowOf }: Layout, at: number, step: 1 | -1): number {
  const from = rowOf[at] ?? 0
  const own = rows[from]
  const column = own?.type === 'tiles' ? own.tiles.findIndex(({ index }) => index === at) : 0
  for (let row = from + step; row >= 0 && row < rows.length; row += step) {
    const found = rows[row]
    if (found?.type === 'tiles') return (found.tiles[column] ?? found.tiles.at(-1))?.index ?? at
  }
  return at
}
