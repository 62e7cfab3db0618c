// Where a box will be: a Kalman filter with constant velocity over centre, aspect ratio and height, as in SORT (Bewley
// et al., 2016) and DeepSORT (Wojke et al., 2017). Its matrices are block-diagonal there, so it is four filters of two
// states each, with the same result and no matrix library.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { BoxFilterState } from './tracker-state.ts'

/** Standard deviations relative to the height of the box, per step of NOMINAL_STEP_MS. */
const POSITION_NOISE = 1 / 20
const VELOCITY_NOISE = 1 / 40
const ASPECT_NOISE = 1e-2
const ASPECT_VELOCITY_NOISE = 1e-4
/** Milliseconds that one step of the noise model stands for: five looks a second. */
const NOMINAL_STEP_MS = 200

/** One coordinate: value, velocity per step, and their covariance. */
type Axis = BoxFilterState[number]

interface Noise {
  position: number
  velocity: number
}

export class BoxFilter {
  readonly #axes: BoxFilterState

  private constructor(axes: BoxFilterState) {
    this.#axes = axes
  }

  /** Of something that is seen for the first time. */
  static at(bbox: Bbox): BoxFilter {
    const [x, y, aspect, height] = toMeasure(bbox)
    const start = (value: number, noise: Noise): Axis => ({
      value,
      velocity: 0,
      varValue: (2 * noise.position) ** 2,
      covariance: 0,
      varVelocity: (10 * noise.velocity) ** 2,
    })
    const [place, shape] = noises(height)
    return new BoxFilter([start(x, place), start(y, place), start(aspect, shape), start(height, place)])
  }

  /** Goes on where `state` was taken. */
  static from(state: BoxFilterState): BoxFilter {
    return new BoxFilter(structuredClone(state))
  }

  /** A copy. */
  get state(): BoxFilterState {
    return structuredClone(this.#axes)
  }

  get bbox(): Bbox {
    const [x, y, aspect, height] = this.#axes.map((axis) => axis.value) as [number, number, number, number]
    const safeHeight = Math.max(1e-4, height)
    const width = Math.max(1e-4, aspect) * safeHeight
    return [x - width / 2, y - safeHeight / 2, width, safeHeight]
  }

  predict(elapsedMs: number): void {
    const steps = elapsedMs / NOMINAL_STEP_MS
    const [place, shape] = noises(this.#axes[3].value)
    this.#axes.forEach((axis, n) => {
      const noise = n === 2 ? shape : place
      axis.value += axis.velocity * steps
      axis.varValue +=
        2 * steps * axis.covariance + steps ** 2 * axis.varVelocity + steps * noise.position ** 2
      axis.covariance += steps * axis.varVelocity
      axis.varVelocity += steps * noise.velocity ** 2
    })
  }

  correct(bbox: Bbox): void {
    const measured = toMeasure(bbox)
    const [place, shape] = noises(this.#axes[3].value)
    this.#axes.forEach((axis, n) => {
      const variance = axis.varValue + (n === 2 ? 10 * shape.position : place.position) ** 2
      const gainValue = axis.varValue / variance
      const gainVelocity = axis.covariance / variance
      const surprise = (measured[n] as number) - axis.value
      axis.value += gainValue * surprise
      axis.velocity += gainVelocity * surprise
      axis.varVelocity -= gainVelocity * axis.covariance
      axis.covariance *= 1 - gainValue
      axis.varValue *= 1 - gainValue
    })
  }
}

function toMeasure([x, y, w, h]: Bbox): [number, number, number, number] {
  return [x + w / 2, y + h / 2, w / Math.max(1e-6, h), h]
}

function noises(height: number): [place: Noise, shape: Noise] {
  const scale = Math.max(1e-3, height)
  return [
    { position: POSITION_NOISE * scale, velocity: VELOCITY_NOISE * scale },
    { position: ASPECT_NOISE, velocity: ASPECT_VELOCITY_NOISE },
  ]
}
