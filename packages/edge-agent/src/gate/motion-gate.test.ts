import { deserialize, serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import { motionGateStateSchema } from './gate-state.ts'
import { createMotionGate, type Change } from './motion-gate.ts'

const [WIDTH, HEIGHT] = [416, 320]
/** Milliseconds between looks at five a second. */
const STEP_MS = 200

/** A lawn with compression noise that differs in each frame, and perhaps somebody on it. */
function lawn(frame: number, options: { person?: [number, number]; light?: number; noise?: number } = {}) {
  const { person, light = 0, noise = 3 } = options
  const data = new Uint8Array(WIDTH * HEIGHT * 3)
  let random = frame * 7_919 + 1
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      random = (random * 1_103_515_245 + 12_345) & 0x7fff_ffff
      const grain = ((random >> 8) % (2 * noise + 1)) - noise
      const isPerson = person && x >= person[0] && x < person[0] + 16 && y >= person[1] && y < person[1] + 40
      const value = (isPerson ? 40 : 120) + grain + light
      data.set([value, value, value], (y * WIDTH + x) * 3)
    }
  }
  const input: RgbImage = { data, width: WIDTH, height: HEIGHT }
  return { input, letterbox: { scale: 1, padX: 0, padY: 0 } }
}

function holds({ kind, ...change }: Change, [x, y]: [number, number]): boolean {
  if (kind !== 'part' || !('region' in change)) return kind === 'all'
  const [left, top, width, height] = (change as { region: [number, number, number, number] }).region
  const [u, v] = [x / WIDTH, y / HEIGHT]
  return u >= left && u <= left + width && v >= top && v <= top + height
}

describe('motion gate', () => {
  test('the first frame is looked at as a whole', () => {
    expect(createMotionGate().judge(lawn(0), 0)).toEqual({ kind: 'all' })
  })

  test('noise alone is not looked at, at night neither', () => {
    for (const noise of [3, 12]) {
      const gate = createMotionGate()
      gate.judge(lawn(0, { noise }), 0)
      for (let n = 1; n < 15; n++)
        expect(gate.judge(lawn(n, { noise }), n * STEP_MS)).toEqual({ kind: 'none' })
    }
  })

  test('somebody who walks is looked at wherever he is and was, in a part of the picture', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0, { person: [100, 100] }), 0)
    for (let n = 1; n < 15; n++) {
      const x = 100 + n * 5
      const change = gate.judge(lawn(n, { person: [x, 100] }), n * STEP_MS)
      expect(change.kind).toBe('part')
      expect(holds(change, [x + 8, 120])).toBe(true)
      expect(holds(change, [x - 5, 120])).toBe(true)
    }
  })

  test('somebody who walks too slowly to be seen between two frames is seen all the same', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0, { person: [100, 100] }), 0)
    const kinds = Array.from({ length: 15 }, (_, n) =>
      gate.judge(lawn(n + 1, { person: [100 + Math.floor(n / 2), 100] }), (n + 1) * STEP_MS),
    )
    expect(kinds.filter(({ kind }) => kind === 'part').length).toBeGreaterThan(0)
  })

  test('somebody who stands still is not looked at again before the next whole look', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0, { person: [100, 100] }), 0)
    expect(gate.judge(lawn(1, { person: [100, 100] }), STEP_MS)).toEqual({ kind: 'none' })
    expect(gate.judge(lawn(2, { person: [100, 100] }), 4_000)).toEqual({ kind: 'all' })
  })

  test('everything is looked at again ever more rarely while nothing changes, and soon after something did', () => {
    const gate = createMotionGate()
    const empty = Array.from({ length: 8 }, (_, n) => lawn(n))
    const crowd = Array.from({ length: 8 }, (_, n) => lawn(n, { person: [100, 100] }))
    const wholeLooks = (from: number, to: number, frames: typeof empty): number[] =>
      Array.from({ length: to - from }, (_, n) => from + n).filter(
        (n) => gate.judge(frames[n % 8] as (typeof frames)[number], n * STEP_MS).kind === 'all',
      )
    expect(wholeLooks(0, 400, empty)).toEqual([0, 20, 60, 140, 220, 300, 380])
    // Somebody stands there from now on: seen at once as a part, and again with everything else four seconds later.
    expect(wholeLooks(400, 450, crowd)).toEqual([420])
  })

  test('who comes or goes is looked at at once', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0), 0)
    expect(holds(gate.judge(lawn(1, { person: [200, 60] }), STEP_MS), [208, 80])).toBe(true)
    expect(holds(gate.judge(lawn(2), 2 * STEP_MS), [208, 80])).toBe(true)
  })

  test('daylight that goes slowly is followed without a look', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0), 0)
    const kinds = Array.from({ length: 15 }, (_, n) =>
      gate.judge(lawn(n + 1, { light: Math.round(n * 0.3) }), (n + 1) * STEP_MS),
    )
    expect(kinds.every(({ kind }) => kind === 'none')).toBe(true)
  })

  test('a light that is switched on is looked at as a whole', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0), 0)
    expect(gate.judge(lawn(1, { light: 60 }), STEP_MS)).toEqual({ kind: 'all' })
    expect(gate.judge(lawn(2, { light: 60 }), 2 * STEP_MS)).toEqual({ kind: 'none' })
  })

  test('a gap or a jump back in time begins anew', () => {
    const gate = createMotionGate()
    gate.judge(lawn(0), 10_000)
    expect(gate.judge(lawn(1), 60_000)).toEqual({ kind: 'all' })
    expect(gate.judge(lawn(2), 0)).toEqual({ kind: 'all' })
  })

  test('one that is made from the kept state of another goes on as that one would', () => {
    const frames = Array.from({ length: 15 }, (_, n) => lawn(n, { person: [100 + (n % 9), 100] }))
    const judge = (breakAfter: number | null): Change[] => {
      let gate = createMotionGate()
      return frames.map((frame, n) => {
        const change = gate.judge(frame, n * STEP_MS)
        if (n === breakAfter) {
          const state = motionGateStateSchema.parse(deserialize(serialize(gate.state())))
          gate = createMotionGate(state)
        }
        return change
      })
    }
    const unbroken = judge(null)
    expect(new Set(unbroken.map(({ kind }) => kind))).toEqual(new Set(['all', 'part', 'none']))
    for (const breakAfter of frames.keys()) expect(judge(breakAfter)).toEqual(unbroken)
  })
})
