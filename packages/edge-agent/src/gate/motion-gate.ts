// The small picture of a frame in, where it differs from what was last looked at out: nothing, a part, or everything.
// For fixed cameras: what has not changed need not be detected again. Compares with the last look, not the last frame,
// so that slow movement adds up; looks at everything from time to time, so that nothing is missed for long.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import type { MotionGateState } from './gate-state.ts'

/** Side of a cell in pixels of the detector's input: a person far away is a few of them. */
const CELL = 4
/** Difference of a cell's brightness (0..255) that is never noise of a sensor or of compression. */
const CHANGE_MIN = 7
/** And how many times the frame's own typical difference it must be: rain, grain and night noise are everywhere. */
const CHANGE_OVER_NOISE = 5
/** Typical difference beyond which the whole picture changed: a light, a cloud, a camera that was pushed. */
const NOISE_MAX = 15
/** Changed cells, of the nine around and with one, that make it more than a flicker. */
const NEIGHBOURS_MIN = 3
/**
 * Around what changed this much is looked at too, in cells: objects are larger than the part of them that moves, and are
 * known better with something around them. More than this makes a look dearer and finds no more.
 */
const MARGIN_CELLS = 5
/** Share of the picture beyond which a part saves nothing over the whole. */
const PART_MAX = 0.7
/** Milliseconds after which everything is looked at again. */
const WHOLE_LOOK_MS = 4_000
/**
 * And at most so many where nothing changes: each look at the same picture doubles the time to the next, as it brings
 * what the one before brought.
 */
const WHOLE_LOOK_STILL_MS = 16_000
/** How fast the memory follows daylight where nothing happens: part of the difference, each frame. */
const DRIFT_PART = 0.05

export type Change = { kind: 'all' } | { kind: 'none' } | { kind: 'part'; region: Bbox }

export interface MotionGate {
  /** Judges one frame; `ptsMs` is its time in the recording. Frames must come in order. */
  judge(frame: Pick<DetectorFrame, 'input' | 'letterbox'>, ptsMs: number): Change
  /** A copy of all that it remembers: a gate made from it judges the next frame as this one would. */
  state(): MotionGateState
}

export function createMotionGate(state?: MotionGateState): MotionGate {
  let { memory, wholeLook } = structuredClone(state ?? { memory: null, wholeLook: FIRST_LOOK })

  function lookAtAll(cells: Float32Array, columns: number, ptsMs: number, everyMs: number): Change {
    memory = { cells, columns }
    wholeLook = { lastMs: ptsMs, nextMs: ptsMs + everyMs, everyMs }
    return { kind: 'all' }
  }

  return {
    state: () => structuredClone({ memory, wholeLook }),
    judge(frame, ptsMs) {
      const { cells, columns, rows } = brightnessOf(frame)
      const isNew = !memory || memory.cells.length !== cells.length || memory.columns !== columns
      if (!memory || isNew || ptsMs < wholeLook.lastMs) return lookAtAll(cells, columns, ptsMs, WHOLE_LOOK_MS)
      if (ptsMs >= wholeLook.nextMs)
        return lookAtAll(cells, columns, ptsMs, Math.min(2 * wholeLook.everyMs, WHOLE_LOOK_STILL_MS))
      const noise = noiseOf(memory.cells, cells)
      const bounds = changedBounds(memory.cells, cells, { columns, rows, noise })
      if (!bounds && noise <= NOISE_MAX) {
        follow(memory.cells, cells)
        return { kind: 'none' }
      }
      const region = bounds && withMargin(bounds, columns, rows)
      if (!region || noise > NOISE_MAX || areaOf(region) > PART_MAX * columns * rows)
        return lookAtAll(cells, columns, ptsMs, WHOLE_LOOK_MS)
      takeOver(memory.cells, cells, columns, region)
      const nextMs = Math.min(wholeLook.nextMs, ptsMs + WHOLE_LOOK_MS)
      wholeLook = { ...wholeLook, nextMs, everyMs: WHOLE_LOOK_MS }
      return { kind: 'part', region: toUnit(region, columns, rows) }
    },
  }
}

const FIRST_LOOK = { lastMs: 0, nextMs: 0, everyMs: WHOLE_LOOK_MS }

/** In cells: first column and row, and the ones after the last. */
type Cells = [left: number, top: number, right: number, bottom: number]

function brightnessOf({ input, letterbox: { padX, padY } }: Pick<DetectorFrame, 'input' | 'letterbox'>): {
  cells: Float32Array
  columns: number
  rows: number
} {
  const { data, width } = input
  const columns = Math.floor((width - 2 * padX) / CELL)
  const rows = Math.floor((input.height - 2 * padY) / CELL)
  const cells = new Float32Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      // Every second pixel of every second line, by its green, which carries most of the brightness.
      for (let y = 0; y < CELL; y += 2) {
        const from = ((padY + row * CELL + y) * width + padX + column * CELL) * 3 + 1
        sum += (data[from] as number) + (data[from + 6] as number)
      }
      cells[row * columns + column] = sum / 4
    }
  }
  return { cells, columns, rows }
}

/** Around all cells that changed together with their neighbours; null when none did. */
function changedBounds(
  before: Float32Array,
  now: Float32Array,
  { columns, rows, noise }: { columns: number; rows: number; noise: number },
): Cells | null {
  const limit = Math.max(CHANGE_MIN, CHANGE_OVER_NOISE * noise)
  const changed = new Uint8Array(now.length)
  let count = 0
  for (let at = 0; at < now.length; at++) {
    if (Math.abs((now[at] as number) - (before[at] as number)) <= limit) continue
    changed[at] = 1
    count += 1
  }
  if (count < NEIGHBOURS_MIN) return null
  let bounds: Cells | null = null
  for (let row = 1; row < rows - 1; row++) {
    for (let column = 1; column < columns - 1; column++) {
      const at = row * columns + column
      if (changed[at] === 0) continue
      let neighbours = 0
      for (let y = -1; y <= 1; y++)
        for (let x = -1; x <= 1; x++) neighbours += changed[at + y * columns + x] as number
      if (neighbours < NEIGHBOURS_MIN) continue
      bounds = bounds
        ? [
            Math.min(bounds[0], column),
            Math.min(bounds[1], row),
            Math.max(bounds[2], column + 1),
            Math.max(bounds[3], row + 1),
          ]
        : [column, row, column + 1, row + 1]
    }
  }
  return bounds
}

/** Median of the differences, of every seventh cell: most of a picture does not change, so this is its noise. */
function noiseOf(before: Float32Array, now: Float32Array): number {
  const differences = new Float32Array(Math.ceil(now.length / 7))
  for (let n = 0; n < differences.length; n++)
    differences[n] = Math.abs((now[n * 7] as number) - (before[n * 7] as number))
  return differences.sort()[differences.length >> 1] ?? 0
}

function withMargin([left, top, right, bottom]: Cells, columns: number, rows: number): Cells {
  return [
    Math.max(0, left - MARGIN_CELLS),
    Math.max(0, top - MARGIN_CELLS),
    Math.min(columns, right + MARGIN_CELLS),
    Math.min(rows, bottom + MARGIN_CELLS),
  ]
}

function areaOf([left, top, right, bottom]: Cells): number {
  return (right - left) * (bottom - top)
}

function takeOver(memory: Float32Array, now: Float32Array, columns: number, region: Cells): void {
  const [left, top, right, bottom] = region
  for (let row = top; row < bottom; row++) {
    const from = row * columns + left
    memory.set(now.subarray(from, from + right - left), from)
  }
}

function follow(memory: Float32Array, now: Float32Array): void {
  for (let at = 0; at < memory.length; at++)
    memory[at] = (memory[at] as number) + DRIFT_PART * ((now[at] as number) - (memory[at] as number))
}

function toUnit([left, top, right, bottom]: Cells, columns: number, rows: number): Bbox {
  return [left / columns, top / rows, (right - left) / columns, (bottom - top) / rows]
}
