import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { createByteTracker } from './byte-tracker.ts'
import { trackerStateSchema } from './tracker-state.ts'
import type { TrackHit } from './tracker.ts'

const STEP_MS = 200

function object(bbox: Bbox, part: Partial<DetectedObject> = {}): DetectedObject {
  return { label: 'person', confidence: 0.8, bbox, mask: null, colours: [], ...part }
}

/** Runs the tracker over frames of objects, one each 200 ms unless `timesMs` says otherwise. */
function track(frames: readonly (readonly DetectedObject[])[], timesMs?: readonly number[]) {
  const tracker = createByteTracker({ trackThreshold: 0.4, lastTrackId: 0 })
  const hits: TrackHit[] = []
  const ended: number[] = []
  for (const [frameIdx, objects] of frames.entries()) {
    const ptsMs = timesMs?.[frameIdx] ?? frameIdx * STEP_MS
    const update = tracker.update({ frameIdx, ptsMs, tsMs: 1_000_000 + ptsMs }, objects)
    hits.push(...update.hits)
    ended.push(...update.ended)
  }
  ended.push(...tracker.finish())
  return { hits, ended, ids: [...new Set(hits.map((hit) => hit.trackId))] }
}

const walk = (n: number, part: Partial<DetectedObject> = {}): DetectedObject =>
  object([0.1 + n * 0.02, 0.4, 0.06, 0.2], part)

describe('a track', () => {
  test('follows one object that walks, from its very first detection', () => {
    const { hits, ids } = track(Array.from({ length: 20 }, (_, n) => [walk(n)]))
    expect(ids).toEqual([1])
    expect(hits.map((hit) => hit.frameIdx)).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  test('goes on through weak detections, which never begin one', () => {
    const seen = Array.from({ length: 20 }, (_, n) => [walk(n, { confidence: n > 8 && n < 14 ? 0.15 : 0.8 })])
    expect(track(seen).ids).toEqual([1])
    expect(track(seen).hits).toHaveLength(20)
    expect(track(Array.from({ length: 20 }, (_, n) => [walk(n, { confidence: 0.3 })])).hits).toEqual([])
  })

  test('goes on after a second behind a post', () => {
    const seen = Array.from({ length: 30 }, (_, n) => (n >= 12 && n < 17 ? [] : [walk(n)]))
    expect(track(seen).ids).toEqual([1])
  })

  test('lives on what is held in its place without being seen again, and goes on when it is', () => {
    const tracker = createByteTracker({ trackThreshold: 0.4, lastTrackId: 0 })
    const parked = object([0.4, 0.4, 0.2, 0.2])
    const at = (n: number) => ({ frameIdx: n, ptsMs: n * STEP_MS, tsMs: 1_000_000 + n * STEP_MS })
    const seen = [0, 1, 2].flatMap((n) => tracker.update(at(n), [parked]).hits)
    const waits = Array.from({ length: 40 }, (_, n) => tracker.update(at(3 + n), [], [parked]))
    expect(waits.flatMap(({ hits, ended }) => [...hits, ...ended])).toEqual([])
    const [again] = tracker.update(at(43), [parked]).hits
    expect(again?.trackId).toBe(seen[0]?.trackId)
  })

  test('never begins, and is never made sure, by what is only held', () => {
    const tracker = createByteTracker({ trackThreshold: 0.4, lastTrackId: 0 })
    const once = object([0.4, 0.4, 0.2, 0.2])
    const at = (n: number) => ({ frameIdx: n, ptsMs: n * STEP_MS, tsMs: 1_000_000 + n * STEP_MS })
    const updates = [
      tracker.update(at(0), [], [once]),
      tracker.update(at(1), [once]),
      ...[2, 3, 4, 5].map((n) => tracker.update(at(n), [], [once])),
    ]
    expect(updates.flatMap(({ hits }) => hits)).toEqual([])
  })

  test('of one frame is noise and never comes out', () => {
    expect(track([[walk(0)], [], [], [walk(20)], [], []]).hits).toEqual([])
  })

  test('keeps two who cross apart', () => {
    const left = (n: number) => object([0.1 + n * 0.02, 0.3, 0.06, 0.2])
    const right = (n: number) => object([0.8 - n * 0.02, 0.42, 0.06, 0.2])
    const { hits, ids } = track(Array.from({ length: 36 }, (_, n) => [left(n), right(n)]))
    expect(ids).toHaveLength(2)
    const first = hits.filter((hit) => hit.trackId === ids[0])
    expect(first.every((hit) => hit.object.bbox[1] === first[0]?.object.bbox[1])).toBe(true)
  })

  test('never passes from a person to a car', () => {
    const seen = Array.from({ length: 20 }, (_, n) => [walk(0, { label: n < 10 ? 'person' : 'car' })])
    expect(track(seen).ids).toHaveLength(2)
  })

  test('ends at a gap in the recording', () => {
    const times = Array.from({ length: 10 }, (_, n) => (n < 5 ? n * STEP_MS : 60_000 + n * STEP_MS))
    expect(
      track(
        Array.from({ length: 10 }, () => [walk(0)]),
        times,
      ).ids,
    ).toEqual([1, 2])
  })
})

const box = fc
  .tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }))
  .map(([x, y]): Bbox => [x / 10, y / 10, 0.12, 0.15])
const frame = fc.array(
  fc.record({
    bbox: box,
    confidence: fc.constantFrom(0.15, 0.35, 0.6, 0.9),
    label: fc.constantFrom('person', 'car', 'truck'),
  }),
  { maxLength: 6 },
)
const recording = fc
  .array(frame, { maxLength: 25 })
  .map((frames) => frames.map((found) => found.map(({ bbox, ...part }) => object(bbox, part))))

describe('whatever a detector says', () => {
  test('a detection belongs to one track at most, and a track has one detection a frame at most', () => {
    fc.assert(
      fc.property(recording, (frames) => {
        const { hits } = track(frames)
        expect(new Set(hits.map((hit) => hit.object)).size).toBe(hits.length)
        expect(new Set(hits.map((hit) => `${hit.trackId}/${hit.frameIdx}`)).size).toBe(hits.length)
        for (const hit of hits) expect(frames[hit.frameIdx]).toContain(hit.object)
      }),
    )
  })

  test('a track that ended never comes back, and every track ends once', () => {
    fc.assert(
      fc.property(recording, (frames) => {
        const tracker = createByteTracker({ trackThreshold: 0.4, lastTrackId: 7 })
        const known = new Set<number>()
        const over: number[] = []
        for (const [frameIdx, objects] of frames.entries()) {
          const { hits, ended } = tracker.update({ frameIdx, ptsMs: frameIdx * 900, tsMs: 0 }, objects)
          for (const { trackId } of hits) {
            expect(over).not.toContain(trackId)
            expect(trackId).toBeGreaterThan(7)
            known.add(trackId)
          }
          over.push(...ended)
        }
        over.push(...tracker.finish())
        expect(over).toHaveLength(known.size)
        expect(new Set(over)).toEqual(known)
      }),
    )
  })

  test('a tracker made from the kept state of another, after any frame, goes on as that one would', () => {
    fc.assert(
      fc.property(recording, fc.nat(24), (frames, breakAfter) => {
        const options = { trackThreshold: 0.4, lastTrackId: 0 }
        let tracker = createByteTracker(options)
        const updates = frames.map((objects, frameIdx) => {
          const ptsMs = frameIdx * STEP_MS
          const update = tracker.update({ frameIdx, ptsMs, tsMs: 1_000_000 + ptsMs }, objects)
          if (frameIdx !== breakAfter) return update
          const state = trackerStateSchema.parse(deserialize(serialize(tracker.state())))
          tracker = createByteTracker({ ...options, state })
          return update
        })
        const { hits, ended } = track(frames)
        expect(updates.flatMap((update) => update.hits)).toEqual(hits)
        expect([...updates.flatMap((update) => update.ended), ...tracker.finish()]).toEqual(ended)
      }),
    )
  })

  test('the same recording gives the same tracks', () => {
    fc.assert(
      fc.property(recording, (frames) => {
        expect(track(frames)).toEqual(track(frames))
      }),
    )
  })
})
