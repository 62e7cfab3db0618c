// A pack, verified and at work: its detector, encoders and spaces. The one entry for device and centre.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Detector } from '../detect/detector.ts'
import { createOnnxDetector } from '../detect/onnx-detector.ts'
import type { ImageEncoder } from '../image/image-encoder.ts'
import { createOnnxImageEncoder } from '../image/onnx-image-encoder.ts'
import { createOnnxResembler, readClasses } from '../resemble/onnx-resembler.ts'
import type { Resembler } from '../resemble/resembler.ts'
import { createOnnxSam3 } from '../sam3/onnx-sam3.ts'
import type { Sam3 } from '../sam3/sam3.ts'
import { createSam3Detector, sam3Thresholds } from '../sam3/sam3-detector.ts'
import { createSam3Segmenter } from '../sam3/sam3-segmenter.ts'
import { createWordInterpreter } from '../sam3/word-interpreter.ts'
import type { Segmenter } from '../segment/segmenter.ts'
import { createOnnxTextEncoder } from '../text/onnx-text-encoder.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import type { PromptInterpreter } from '../prompt/prompt-interpreter.ts'
import { createTextPromptInterpreter } from '../prompt/text-prompt-interpreter.ts'
import { DEFAULT_PACK_DIR, loadPack, type LoadedPack } from './load-pack.ts'
import type { PackManifest, Sam3Part } from './pack-manifest.ts'

export interface OpenPack extends AsyncDisposable {
  readonly manifest: PackManifest
  readonly detector: Detector
  /** What a person's words make the detector look for. */
  readonly interpreter: PromptInterpreter
  /** By a model that was trained for it; null where the pack has none. */
  readonly segmenter: Segmenter | null
  /** Kinds of object by which queries are read: labels of the detector, or of the pack whose words are borrowed. */
  readonly vocabulary: readonly string[]
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
  /** Opens the pack's SAM3; on onnxruntime when absent. */
  openSam3?: ((pack: LoadedPack) => Promise<Sam3>) | undefined
  signal?: AbortSignal
}

/**
 * For a device. A pack with SAM3 sees with it. Where a pack has no text encoder, that of the default pack describes what
 * is seen, with its classifier.
 * @throws FleetError PACK_INVALID for a wrong file or a pack that sees nothing, CANCELLED when the signal fires before
 * all parts have loaded, and what `openSam3` throws.
 */
export async function openPack(dir: string, options: OpenPackOptions): Promise<OpenPack> {
  throwIfCancelled(options.signal)
  const pack = await loadPack(dir)
  const words = await wordsOf(pack)
  await using opened = new AsyncDisposableStack()
  const textEncoder = opened.use(await createOnnxTextEncoder(words))
  const eyes = await openEyes(pack, options, textEncoder)
  opened.use(eyes.detector)
  if (eyes.segmenter) opened.use(eyes.segmenter)
  const imageEncoder = pack.manifest.imageEncoder ? opened.use(await createOnnxImageEncoder(pack)) : null
  const resembler = words.manifest.classifier ? opened.use(await createOnnxResembler(words)) : null
  const classes = await readClasses(words)
  throwIfCancelled(options.signal)
  const resources = opened.move()
  return {
    ...eyes,
    manifest: pack.manifest,
    vocabulary: words.manifest.detector?.labels ?? eyes.detector.labels,
    textEncoder,
    imageEncoder,
    resembler,
    classes,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

type Eyes = Pick<OpenPack, 'detector' | 'segmenter' | 'interpreter' | 'thresholds'>

async function openEyes(
  pack: LoadedPack,
  { detectorWorkers, openSam3 }: OpenPackOptions,
  encoder: TextEncoder,
): Promise<Eyes> {
  const { segmenter: sam3Part } = pack.manifest
  if (sam3Part) {
    const sam3 = await (openSam3?.(pack) ?? createOnnxSam3(pack, { workers: detectorWorkers }))
    return sam3Eyes(sam3, sam3Part)
  }
  const detector = await createOnnxDetector(pack, { workers: detectorWorkers })
  const { track, low } = (pack.manifest.detector as NonNullable<PackManifest['detector']>).thresholds
  return {
    detector,
    segmenter: null,
    interpreter: createTextPromptInterpreter({ encoder, labels: detector.labels }),
    thresholds: { track, low },
  }
}

function sam3Eyes(sam3: Sam3, part: Sam3Part): Eyes {
  return {
    detector: createSam3Detector(sam3, part, { nowMs: () => performance.now() }),
    segmenter: sam3.takesHints ? createSam3Segmenter(sam3) : null,
    interpreter: createWordInterpreter(),
    thresholds: sam3Thresholds(part),
  }
}

/** SAM3 finds by words, yet its text features are none that sightings could be searched by. */
async function wordsOf(pack: LoadedPack): Promise<LoadedPack> {
  const { segmenter, textEncoder } = pack.manifest
  return segmenter && !textEncoder ? loadPack(DEFAULT_PACK_DIR) : pack
}

/** For the centre, which encodes questions and never sees a frame. */
export async function openTextEncoder(
  dir: string,
): Promise<TextEncoder & { pack: LoadedPack; classes: readonly string[] }> {
  const pack = await wordsOf(await loadPack(dir))
  const classes = await readClasses(pack)
  return Object.assign(await createOnnxTextEncoder(pack), { pack, classes })
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FleetError('CANCELLED', 'nobody wants the pack any more')
}
