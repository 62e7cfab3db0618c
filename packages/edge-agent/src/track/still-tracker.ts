// The tracker of a picture: there is no second look, so every sure object is a track by itself, and weak ones are none.
import type { Tracker } from './tracker.ts'

export function createStillTracker(options: { trackThreshold: number; lastTrackId: number }): Tracker {
  let lastTrackId = options.lastTrackId
  let open: number[] = []
  return {
    update(time, objects) {
      const sure = objects.filter(({ confidence }) => confidence >= options.trackThreshold)
      const hits = sure.map((object) => ({ ...time, trackId: ++lastTrackId, object }))
      open.push(...hits.map(({ trackId }) => trackId))
      return { hits, ended: [] }
    },
    finish() {
      const ended = open
      open = []
      return ended
    },
    // One frame is done or not: there is nothing between that could be gone on with.
    state: () => ({ lastTrackId, lastMs: null, tracks: [] }),
  }
}
