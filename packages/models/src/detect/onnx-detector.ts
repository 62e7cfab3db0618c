// The detector of a pack on onnxruntime: as many threads as asked, one session each.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { DetectorInputSize, RgbImage } from '../image/rgb-image.ts'
import type { LoadedPack } from '../pack/load-pack.ts'
import { workerScript } from '../session/answer-questions.ts'
import { WorkerPool } from '../session/worker-pool.ts'
import type { DetectionResult, Detector } from './detector.ts'
import type { DetectorAsk } from './detector-worker.ts'

/** @throws FleetError PACK_INVALID when the pack has no detector or its model cannot be loaded. */
export async function createOnnxDetector(
  { dir, manifest }: LoadedPack,
  options: { workers: number },
): Promise<Detector> {
  const part = manifest.detector
  if (!part) {
    throw new FleetError('PACK_INVALID', `the pack ${manifest.id} has no detector that runs on a CPU`, {
      hint: 'Set FLEET_MODEL_PACK to a pack with a detector; "fleet packs list" shows what each can do.',
    })
  }
  const { pool } = await WorkerPool.start<DetectorAsk, DetectionResult, null>({
    script: workerScript('detector-worker', import.meta.url),
    size: options.workers,
    workerData: { dir, part },
    name: 'detector',
  })
  const { width, height, multipleOf, padValue, secondSide } = part.input
  const inputSize = { width, height, multipleOf, padValue }
  const secondLook =
    secondSide === undefined ? undefined : { width: secondSide, height: secondSide, multipleOf, padValue }
  return {
    labels: part.labels,
    takesPrompts: false,
    keyFrameMs: 0,
    inputSize,
    secondLook,
    parallelism: options.workers,
    async detect(frame, { minConfidence = part.thresholds.low, signal } = {}) {
      assertWhole(frame.image)
      assertWhole(frame.input)
      assertFits(frame.input, secondLook ?? inputSize)
      const transfer = [frame.image.data.buffer, frame.input.data.buffer] as ArrayBuffer[]
      return pool.ask({ frame, minConfidence }, [...new Set(transfer)], signal)
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** Smaller ones are welcome: a part of a picture costs a part of the work. */
function assertFits(given: RgbImage, { width, height, multipleOf }: DetectorInputSize): void {
  const fits = given.width <= width && given.height <= height
  if (fits && given.width % multipleOf === 0 && given.height % multipleOf === 0) return
  throw new FleetError(
    'INVALID_INPUT',
    `the detector wants at most ${width}x${height} in multiples of ${multipleOf}, got ${given.width}x${given.height}`,
  )
}

/** Missing bytes would read as black or as nothing; a picture that was handed over before has none left. */
function assertWhole({ width, height, data }: RgbImage): void {
  if (data.length === width * height * 3) return
  throw new FleetError(
    'INVALID_INPUT',
    `a picture of ${width}x${height} has ${width * height * 3} bytes, got ${data.length}`,
  )
}
