// Who goes with whom at the least total cost: the Hungarian method in its shortest-augmenting-path form (Jonker and
// Volgenant, 1987), for rectangular costs with a limit above which a pair is no pair.

/** Stands for "may not be paired": larger than any sum of real costs. */
const FORBIDDEN = 1e6

/**
 * @param cost of pairing row r with column c
 * @returns pairs `[row, column]` whose cost is at most `maxCost`; each row and column at most once
 */
export function assign(
  rows: number,
  columns: number,
  cost: (row: number, column: number) => number,
  maxCost: number,
): [number, number][] {
  if (rows === 0 || columns === 0) return []
  const flipped = rows > columns
  const [n, m] = flipped ? [columns, rows] : [rows, columns]
  // Asked for once a pair: a cost may be dear, and the search comes back to it.
  const costs = new Float64Array(n * m)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const value = flipped ? cost(j, i) : cost(i, j)
      costs[i * m + j] = value <= maxCost ? value : FORBIDDEN
    }
  const at = (i: number, j: number): number => costs[i * m + j] as number
  const rowOf = solve(n, m, at)
  const pairs: [number, number][] = []
  for (let j = 0; j < m; j++) {
    const i = rowOf[j] as number
    if (i >= 0 && at(i, j) < FORBIDDEN) pairs.push(flipped ? [j, i] : [i, j])
  }
  return pairs
}

/** Row of each column (or -1) in a cheapest assignment of all `n <= m` rows. */
function solve(n: number, m: number, cost: (i: number, j: number) => number): Int32Array {
  const rowPotential = new Float64Array(n + 1)
  const columnPotential = new Float64Array(m + 1)
  const rowOf = new Int32Array(m + 1) // 1-based; 0 is free
  for (let row = 1; row <= n; row++) {
    const best = new Float64Array(m + 1).fill(Infinity)
    const via = new Int32Array(m + 1)
    const visited = new Uint8Array(m + 1)
    rowOf[0] = row
    let column = 0
    do {
      visited[column] = 1
      const i = rowOf[column] as number
      let step = Infinity
      let next = 0
      for (let j = 1; j <= m; j++) {
        if (visited[j]) continue
        const reduced = cost(i - 1, j - 1) - (rowPotential[i] as number) - (columnPotential[j] as number)
        if (reduced < (best[j] as number)) {
          best[j] = reduced
          via[j] = column
        }
        if ((best[j] as number) < step) {
          step = best[j] as number
          next = j
        }
      }
      for (let j = 0; j <= m; j++) {
        if (visited[j]) {
          rowPotential[rowOf[j] as number] = (rowPotential[rowOf[j] as number] as number) + step
          columnPotential[j] = (columnPotential[j] as number) - step
        } else best[j] = (best[j] as number) - step
      }
      column = next
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      const before = via[column] as number
      rowOf[column] = rowOf[before] as number
      column = before
    }
  }
  return rowOf.slice(1).map((row) => row - 1)
}
