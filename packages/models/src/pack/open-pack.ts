// A pack, verified and at work: its detector, encoders and spaces. The one entry for device and centre.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Detector } from '../detect/detector.ts'
import { createOnnxDetector } from '../detect/onnx-detector.ts'
import type { ImageEncoder } from '../image/image-encoder.ts'
import { createOnnxImageEncoder } from '../image/onnx-image-encoder.ts'
import { createOnnxResembler, readClasses } from '../resemble/onnx-resembler.ts'
import type { Resembler } from '../resemble/resembler.ts'
import { createOnnxTextEncoder } from '../text/onnx-text-encoder.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import { loadPack, type LoadedPack } from './load-pack.ts'
import type { PackManifest } from './pack-manifest.ts'

export interface OpenPack extends AsyncDisposable {
  readonly manifest: PackManifest
  readonly detector: Detector
  readonly textEncoder: TextEncoder
  readonly imageEncoder: ImageEncoder | null
  /** Null where the pack has no classifier. */
  readonly resembler: Resembler | null
  /** All that it may name. */
  readonly classes: readonly string[]
  readonly thresholds: { track: number; low: number }
}

export interface OpenPackOptions {
  /** Threads of the detector: one per core that it may have. */
  detectorWorkers: number
  signal?: AbortSignal
}

/**
 * For a device.
 * @throws FleetError PACK_INVALID for a wrong file or a pack without detector or text encoder, CANCELLED when the
 * signal fires before all parts have loaded.
 */
export async function openPack(dir: string, { detectorWorkers, signal }: OpenPackOptions): Promise<OpenPack> {
  throwIfCancelled(signal)
  const pack = await loadPack(dir)
  await using opened = new AsyncDisposableStack()
  const detector = opened.use(await createOnnxDetector(pack, { workers: detectorWorkers }))
  const textEncoder = opened.use(await createOnnxTextEncoder(pack))
  const imageEncoder = pack.manifest.imageEncoder ? opened.use(await createOnnxImageEncoder(pack)) : null
  const resembler = pack.manifest.classifier ? opened.use(await createOnnxResembler(pack)) : null
  const classes = await readClasses(pack)
  throwIfCancelled(signal)
  const resources = opened.move()
  const { track, low } = (pack.manifest.detector as NonNullable<PackManifest['detector']>).thresholds
  return {
    manifest: pack.manifest,
    detector,
    textEncoder,
    imageEncoder,
    resembler,
    classes,
    thresholds: { track, low },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** For the centre, which encodes questions and never sees a frame. */
export async function openTextEncoder(
  dir: string,
): Promise<TextEncoder & { pack: LoadedPack; classes: readonly string[] }> {
  const pack = await loadPack(dir)
  const classes = await readClasses(pack)
  return Object.assign(await createOnnxTextEncoder(pack), { pack, classes })
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FleetError('CANCELLED', 'nobody wants the pack any more')
}
