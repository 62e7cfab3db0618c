// Which frames are looked at: those that first reach each tick of the wanted rate. Depends on the frames' own times
// alone, so that a recording gives the same frames whenever it is read again.

export interface FrameSelection {
  isWanted(ptsMs: number): boolean
}

export function createFrameSelection(detectFps: number): FrameSelection {
  const stepMs = 1_000 / detectFps
  let nextMs = -Infinity
  return {
    isWanted(ptsMs) {
      // Half a millisecond forgives the rounding of time bases.
      if (ptsMs + 0.5 < nextMs) return false
      nextMs = nextMs === -Infinity || ptsMs - nextMs > stepMs ? ptsMs + stepMs : nextMs + stepMs
      return true
    },
  }
}
