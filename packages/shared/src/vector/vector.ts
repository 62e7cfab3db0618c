// Vectors between stages: f32 while computing, f16 at rest and on the wire, always L2-normalised.
import { FleetError } from '../errors/fleet-error.ts'

/** Cosine of two unit vectors of equal dimension. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

/**
 * L2-normalises in f32.
 * @throws FleetError INVALID_INPUT when a value is not finite, the dimension is wrong or the norm is zero.
 */
export function normalise(vector: ArrayLike<number>, dimension: number): Float32Array {
  if (vector.length !== dimension) {
    throw new FleetError('INVALID_INPUT', `vector has ${vector.length} values, the space has ${dimension}`)
  }
  let squares = 0
  for (let i = 0; i < dimension; i++) squares += (vector[i] as number) ** 2
  const norm = Math.sqrt(squares)
  if (!Number.isFinite(norm) || norm === 0) {
    throw new FleetError('INVALID_INPUT', 'vector has a value that is not finite, or no length')
  }
  const unit = new Float32Array(dimension)
  for (let i = 0; i < dimension; i++) unit[i] = (vector[i] as number) / norm
  return unit
}

/** Little-endian IEEE half floats of a vector: the form that is hashed, stored and sent. */
export function toF16Bytes(unit: Float32Array): Uint8Array {
  const half = new Float16Array(unit)
  return new Uint8Array(half.buffer)
}

/** Reads what `toF16Bytes` wrote. @throws FleetError INVALID_INPUT on an odd length. */
export function fromF16Bytes(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 2 !== 0)
    throw new FleetError('INVALID_INPUT', 'a half-float vector has an even length')
  // Copied into a buffer of its own: a Buffer's slice() would share (and show) its whole pool.
  return new Float32Array(new Float16Array(new Uint8Array(bytes).buffer))
}
