// The graphs of a SAM3 pack as engines: what each is called, which file it comes from, how it is built. Pure.
import { join } from 'node:path'
import type { BuildOptions, Precision } from '@sam3-fleet/trt-native/build-engine'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { LoadedPack } from '../../pack/load-pack.ts'
import type { Sam3Part } from '../../pack/pack-manifest.ts'
import { IO } from '../graph-io.ts'

export const GRAPH_NAMES = ['visionEncoder', 'textEncoder', 'promptDecoder', 'trackerDecoder'] as const
export type GraphName = (typeof GRAPH_NAMES)[number]

/** What a person may ask for; the first is the default. */
export const SAM3_PRECISIONS = ['fp16', 'fp32', 'bf16', 'int8', 'fp8'] as const
export type Sam3Precision = (typeof SAM3_PRECISIONS)[number]

export interface EnginePlace {
  /** Index of the GPU. */
  device?: number | undefined
  /** Folder with TensorRT's libraries, when the system's loader does not find them. */
  libraryDir?: string | undefined
}

const PLAN_NAMES: Record<GraphName, string> = {
  visionEncoder: 'vision-encoder',
  textEncoder: 'text-encoder',
  promptDecoder: 'prompt-decoder',
  trackerDecoder: 'tracker-decoder',
}

export function planFile(graph: GraphName, precision: Sam3Precision): string {
  return `${PLAN_NAMES[graph]}.${precision}.plan`
}

/** Those that the pack has. */
export function graphsOf({ graphs }: Sam3Part): GraphName[] {
  return GRAPH_NAMES.filter((name) => graphs[name] !== undefined)
}

/** @throws FleetError PACK_INVALID when the pack has no SAM3, or not this graph of it. */
export function buildOptions(
  { dir, manifest: { id, segmenter: part } }: LoadedPack,
  graph: GraphName,
  { precision, device, libraryDir }: EnginePlace & { precision: Sam3Precision },
): BuildOptions {
  const file = part?.graphs[graph]
  if (!part || file === undefined) throw new FleetError('PACK_INVALID', `the pack ${id} has no ${graph}`)
  return {
    onnxPath: join(dir, file),
    precision: precisionOf(part, precision),
    profile: profileOf(part, graph),
    ...(device !== undefined && { device }),
    ...(libraryDir !== undefined && { libraryDir }),
  }
}

/** A graph in half precision says itself what is computed in what. */
function precisionOf({ dtype }: Sam3Part, precision: Sam3Precision): Precision {
  return dtype === 'float16' && precision === 'fp16' ? 'as-exported' : precision
}

/** Only the number of prompts is free: one is usual. */
function profileOf(part: Sam3Part, graph: GraphName): BuildOptions['profile'] {
  const { maxTokens, shape, limits } = part
  const perPrompt: Record<GraphName, Record<string, readonly number[]>> = {
    visionEncoder: {},
    textEncoder: { [IO.inputIds]: [maxTokens], [IO.attentionMask]: [maxTokens] },
    promptDecoder: {
      [IO.textFeatures]: [maxTokens, shape.channels],
      [IO.textMask]: [maxTokens],
      ...(limits.boxSlots > 0 && { [IO.boxes]: [limits.boxSlots, 4], [IO.boxLabels]: [limits.boxSlots] }),
    },
    trackerDecoder: { [IO.points]: [limits.pointSlots, 2], [IO.pointLabels]: [limits.pointSlots] },
  }
  return Object.fromEntries(
    Object.entries(perPrompt[graph]).map(([input, dims]) => [
      input,
      { min: [1, ...dims], opt: [1, ...dims], max: [limits.prompts, ...dims] },
    ]),
  )
}
