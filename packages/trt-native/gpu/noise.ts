// Numbers that look like nothing, the same for the same seed.

/** Bytes (xorshift32: Marsaglia, 2003). */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed | 1
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 255
  })
}

/** From -`range` to `range` in steps of 2^-15 of it, so that some of many are equal. */
export function noiseFloats(length: number, seed: number, range: number): Float32Array<ArrayBuffer> {
  const bytes = noise(length * 2, seed)
  return Float32Array.from({ length }, (_, at) => {
    const step = (bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)
    return (step / 32_768 - 1) * range
  })
}
