// The product against the hand-made labels of eval/, and beside it what somebody would build in an afternoon: people
// found, followed and kept apart, and the colours said of them. Each half of the labels by itself.
import { join } from 'node:path'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { round } from '../measure-run.ts'
import { barsOf, type Bar } from './bars.ts'
import { measureColours, type ColoursResult } from './colour-bench.ts'
import { measureExemplars, type ExemplarMeasure } from './exemplar-measure.ts'
import { measureMasks, type MaskMeasure } from './mask-measure.ts'
import { measurePhotos, type PhotosResult } from './photo-bench.ts'
import { measureQueries, type AnsweredQuery, type QueryMeasure } from './queries/query-measure.ts'
import { measureQuietCamera, type QuietCameraResult } from './quiet-measure.ts'
import { recallAtPrecision, type DetectionMeasure } from './detection-measure.ts'
import { runClip, type ClipRun } from './run-clip.ts'
import { runNaive } from './run-naive.ts'
import { measureTracking, type TrackingMeasure } from './tracking-measure.ts'
import { readClipTruth, type ClipTruth, type Half, type LabelledFrame } from './truth-files.ts'

const PERSON = 'person'
/** People that are lower in the picture are asked of nobody. */
const HEIGHT_MIN_PIXELS = 40
const PRECISION_MIN = 0.95
/** Those that say what hides what. */
const EXEMPLAR_CLIPS: ReadonlySet<string> = new Set(['vtest/labels.json', 'clips/bikes.json'])
const CLIPS = ['vtest/labels.json', 'clips/bikes.json', 'clips/carphone.json'] as const

export interface TruthBenchOptions {
  packDir: string
  packagesDir: string
  evalDir: string
  mediaDir: string
  photosDir: string
  detectorWorkers: number
  onStep: (text: string) => void
  onAnswered: (answered: AnsweredQuery[]) => Promise<void>
}

/** Of one half of one clip; tracking only where identities are labelled. */
export interface HalfMeasure {
  detection: DetectionMeasure
  tracks: TrackingMeasure | null
  sightings: TrackingMeasure | null
}

export interface ClipMeasure {
  clip: string
  cpuMsPerFrame: number
  halves: Partial<Record<Half, HalfMeasure>>
}

export interface TruthBenchResult {
  /** What the product is held to, and whether it is reached. */
  bars: Bar[]
  product: ClipMeasure[]
  naive: ClipMeasure[]
  queries: QueryMeasure
  colours: ColoursResult
  photos: PhotosResult
  quietCamera: QuietCameraResult
  masks: MaskMeasure
  /** Of each clip with labels of what is hidden: whether the chosen looks show all of their object. */
  exemplars: Record<string, Record<Half, ExemplarMeasure>>
}

export async function runTruthBench(options: TruthBenchOptions): Promise<TruthBenchResult> {
  await using pack = await openPack(options.packDir, { detectorWorkers: options.detectorWorkers })
  const queries = await measureQueries({ ...options, encoder: pack.textEncoder })
  options.onStep('colours and photos')
  const colours = await measureColours(options)
  const photos = await measurePhotos({ ...options, pack })
  const quietCamera = await measureQuietCamera({ ...options, pack })
  options.onStep('masks')
  const masks = await measureMasks({ ...options, pack })
  const result: Omit<TruthBenchResult, 'bars'> = {
    product: [],
    naive: [],
    queries,
    colours,
    photos,
    quietCamera,
    masks,
    exemplars: {},
  }
  for (const name of CLIPS) {
    const truth = await readClipTruth(options.evalDir, name)
    const path = join(options.mediaDir, truth.clip)
    options.onStep(`${truth.clip}: product`)
    const run = await runClip(pack, path)
    result.product.push(measureClip(truth, run))
    if (EXEMPLAR_CLIPS.has(name)) {
      const { detections } = run
      const look = (half: Half): Promise<ExemplarMeasure> =>
        measureExemplars({ truth, half, path, detections, trackThreshold: pack.thresholds.track })
      result.exemplars[truth.clip] = { tune: await look('tune'), test: await look('test') }
    }
    options.onStep(`${truth.clip}: naive`)
    result.naive.push(measureClip(truth, await runNaive(pack, path)))
  }
  return { bars: barsOf(result), ...result }
}

function measureClip(truth: ClipTruth, run: ClipRun): ClipMeasure {
  const halves: ClipMeasure['halves'] = {}
  for (const half of ['tune', 'test'] as const) {
    const frames = truth.frames.filter((frame) => frame.half === half)
    if (frames.length > 0) halves[half] = measureHalf(truth, frames, run)
  }
  return { clip: truth.clip, cpuMsPerFrame: round(run.cpuMsPerFrame), halves }
}

function measureHalf(truth: ClipTruth, frames: readonly LabelledFrame[], run: ClipRun): HalfMeasure {
  const foundIn = (frameIdx: number) =>
    run.detections.filter((one) => one.frameIdx === frameIdx && one.label === PERSON)
  const labelled = frames.map(({ frameIdx, boxes }) => ({
    found: foundIn(frameIdx),
    people: boxes
      .filter(({ label }) => label === PERSON)
      .map(({ box, personId, ignore }) => ({
        id: personId,
        bbox: toUnit(box, truth),
        isIgnored: ignore || box[3] < HEIGHT_MIN_PIXELS,
      })),
  }))
  const named = labelled.filter(({ people }) => people.some(({ id }) => id !== null))
  const track = (idOf: (one: ClipRun['detections'][number]) => string): TrackingMeasure | null =>
    named.length === 0
      ? null
      : measureTracking(
          named.map(({ found, people }) => ({
            tracks: found.map((one) => ({ id: idOf(one), bbox: one.bbox })),
            people: people.map(({ id, bbox, isIgnored }, at) => ({
              id: id ?? `nobody ${at}`,
              bbox,
              isIgnored: isIgnored || id === null,
            })),
          })),
        )
  return {
    detection: recallAtPrecision(
      labelled.map(({ found, people }) => ({ found, truth: people })),
      PRECISION_MIN,
    ),
    tracks: track(({ trackId }) => String(trackId)),
    sightings: track(({ sightingId }) => sightingId),
  }
}

function toUnit([x, y, w, h]: readonly [number, number, number, number], { width, height }: ClipTruth): Bbox {
  return [x / width, y / height, w / width, h / height]
}
