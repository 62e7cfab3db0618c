// Which look at a thing stands for its sighting, held against the labels: how often all of it can be seen there, by the
// product's choice and by simpler ones over the same looks. Detections of one clip and its labels in.
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import { hiddenPart } from '@sam3-fleet/edge-agent/embed/clarity'
import { GrowingSighting } from '@sam3-fleet/edge-agent/embed/growing-sighting'
import { measureColours } from '@sam3-fleet/models/describe/measure-colours'
import type { DetectorInputSize, RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { KeptDetection } from '../edge-world.ts'
import { createExemplarJudge, type Judged } from './exemplar-judge.ts'
import type { ClipTruth, Half } from './truth-files.ts'

const EVERY_FRAME_FPS = 60
/** Sightings are cut into pieces of so many frames for a second measure, each as if nothing else had been seen. */
const PIECE_FRAMES = 30
/** As many as one labelled frame speaks for are all alike: nothing to choose. */
const LOOKS_MIN = 6
/** The simpler choice: how much larger and surer a look must be, and what is left of one at the picture's edge. */
const LARGER_BY = 1.15
const EDGE = 0.004
const EDGE_PENALTY = 0.6
/** Only as large as decoding needs: nothing is detected here. */
const INPUT: DetectorInputSize = { width: 32, height: 32, multipleOf: 32, padValue: 0 }

export interface Shown {
  /** Part (0..1) of the exemplars on which all of the thing can be seen. */
  clear: number
  /** Mean part (0..1) of the thing that something hides. */
  hidden: number
}

export interface ExemplarChoice {
  exemplars: number
  product: Shown
  /** By size, confidence and the picture's edge alone. */
  largest: Shown
  first: Shown
  /** The mean over all looks. */
  random: Shown
  /** By the labels: no choice is better. */
  best: Shown
}

export interface ExemplarMeasure {
  sightings: ExemplarChoice
  pieces: ExemplarChoice
}

export interface ExemplarMeasureOptions {
  truth: ClipTruth
  half: Half
  /** The clip's file. */
  path: string
  /** What a run kept of it, every frame looked at. */
  detections: readonly KeptDetection[]
  /** Detections below have no colours, and hide nothing. */
  trackThreshold: number
}

interface Look extends Judged {
  at: number
  larger: number
}

/** The product's choice among some looks, and the looks themselves in order of time. */
interface Group {
  growing: GrowingSighting
  looks: Look[]
}

/** Only looks that the labels know are chosen among; label and overlap say which thing is which. */
export async function measureExemplars(options: ExemplarMeasureOptions): Promise<ExemplarMeasure> {
  const judge = createExemplarJudge(options.truth, options.half)
  const inFrame = Map.groupBy(
    options.detections.map((detection, at) => ({ ...detection, at })),
    ({ frameIdx }) => frameIdx,
  )
  const [sightings, pieces] = [new Map<string, Group>(), new Map<string, Group>()]
  for await (const { image, frameIdx } of pictures(options.path)) {
    const found = inFrame.get(frameIdx) ?? []
    const boxes = found
      .filter(({ confidence }) => confidence >= options.trackThreshold)
      .map(({ bbox }) => bbox)
    for (const [n, judged] of judge.judge(frameIdx, found).entries()) {
      const detection = found[n]
      if (!judged || !detection) continue
      const { at, bbox, confidence, sightingId } = detection
      const hit = {
        ...detection,
        detectionId: at,
        tsMs: frameIdx,
        colours: confidence >= options.trackThreshold ? measureColours(image, bbox) : [],
        hiddenPart: hiddenPart(bbox, boxes),
        beside: null,
      }
      const look = { ...judged, at, larger: largerOf(bbox, confidence, image) }
      const piece = `${sightingId}/${Math.floor(frameIdx / PIECE_FRAMES)}`
      for (const group of [groupOf(sightings, sightingId), groupOf(pieces, piece)]) {
        group.growing.add(hit, image)
        group.looks.push(look)
      }
    }
  }
  return { sightings: choiceOf(sightings), pieces: choiceOf(pieces) }
}

async function* pictures(path: string): AsyncGenerator<{ image: RgbImage; frameIdx: number }> {
  const { signal } = new AbortController()
  const opening = {
    uri: path,
    kind: 'file',
    detectFps: EVERY_FRAME_FPS,
    input: INPUT,
    queueMax: 1,
    signal,
  } as const
  await using source = await openAvFrameSource(opening)
  for await (const { frame, frameIdx } of source.frames(0)) yield { image: frame.image, frameIdx }
}

function groupOf(groups: Map<string, Group>, key: string): Group {
  const known = groups.get(key)
  if (known) return known
  const growing = new GrowingSighting({
    id: key,
    sourceId: key,
    sourceName: key,
    videoId: key,
    timeOrigin: 'ingest',
    spaceId: key,
  })
  const group = { growing, looks: [] }
  groups.set(key, group)
  return group
}

function choiceOf(groups: ReadonlyMap<string, Group>): ExemplarChoice {
  const some = [...groups.values()].filter(({ looks }) => looks.length >= LOOKS_MIN)
  const by = (choose: (group: Group) => readonly Look[]): Shown => {
    const shown = some.map((group) => shownIn(choose(group)))
    return {
      clear: meanOf(shown.map(({ clear }) => clear)),
      hidden: meanOf(shown.map(({ hidden }) => hidden)),
    }
  }
  return {
    exemplars: some.length,
    product: by(({ growing, looks }) =>
      looks.filter(({ at }) => at === growing.state().exemplar.detectionId),
    ),
    largest: by(({ looks }) => [looks.reduce((kept, look) => (isLarger(look, kept) ? look : kept))]),
    first: by(({ looks }) => looks.slice(0, 1)),
    random: by(({ looks }) => looks),
    best: by(({ looks }) => [looks.reduce((kept, look) => (isBetter(look, kept) ? look : kept))]),
  }
}

function shownIn(looks: readonly Look[]): Shown {
  return {
    clear: meanOf(looks.map(({ isClear }) => (isClear ? 1 : 0))),
    hidden: meanOf(looks.map(({ occluded }) => occluded)),
  }
}

function isBetter(look: Look, kept: Look): boolean {
  return look.isClear === kept.isClear ? look.occluded < kept.occluded : look.isClear
}

function largerOf([x, y, w, h]: Bbox, confidence: number, image: RgbImage): number {
  const isCut = x < EDGE || y < EDGE || x + w > 1 - EDGE || y + h > 1 - EDGE
  return Math.sqrt(w * image.width * h * image.height) * confidence * (isCut ? EDGE_PENALTY : 1)
}

function isLarger(look: Look, kept: Look): boolean {
  return look.larger >= kept.larger * LARGER_BY
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
