// Every graph of a SAM3 pack to a plan for this GPU, beside each other in one folder, then compared with the reference in
// full precision. What is there already and still fits is kept: building takes minutes.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildEngine } from '@sam3-fleet/trt-native/build-engine'
import { identifyEngine } from '@sam3-fleet/trt-native/engine-cache'
import { checkPlan, readManifest, removePlan, writePlan, writeWhole } from '@sam3-fleet/trt-native/plan-file'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { RgbImage } from '../../image/rgb-image.ts'
import type { LoadedPack } from '../../pack/load-pack.ts'
import { sam3Thresholds } from '../sam3-detector.ts'
import type { Sam3 } from '../sam3.ts'
import { fromTrt } from '../trt-graphs.ts'
import {
  buildOptions,
  graphsOf,
  planFile,
  type EnginePlace,
  type GraphName,
  type Sam3Precision,
} from './trt-engine-graphs.ts'
import { writeEngineSet } from './trt-engine-set.ts'
import { measureParity, writeParity, type ComparedPicture, type ParityMeasures } from './trt-parity.ts'

export interface BuildProgress {
  graph: GraphName
  phase: string
  /** 0 to 1 within the phase. */
  done: number
}

export interface BuildEnginesOptions extends EnginePlace {
  precision: Sam3Precision
  outputDir: string
  onProgress?: (progress: BuildProgress) => void
  signal?: AbortSignal | undefined
}

export interface BuiltPlan {
  graph: GraphName
  planPath: string
  /** `kept`: it was there and fits. */
  origin: 'built' | 'kept'
}

/** What touches the GPU, replaceable where there is none. */
export interface BuildDeps {
  identify: typeof identifyEngine
  build: typeof buildEngine
}

const NATIVE_DEPS: BuildDeps = { identify: identifyEngine, build: buildEngine }

/**
 * @throws FleetError PACK_INVALID without SAM3 or for a graph that TensorRT cannot build, UNAVAILABLE without GPU or
 *   TensorRT, GPU_MEMORY_SHORT, DISK_FULL, CANCELLED.
 */
export async function buildEngines(
  pack: LoadedPack,
  options: BuildEnginesOptions,
  deps: BuildDeps = NATIVE_DEPS,
): Promise<BuiltPlan[]> {
  const { id, version, segmenter: part } = pack.manifest
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${id} has no SAM3`)
  const { outputDir, precision } = options
  await mkdir(outputDir, { recursive: true })
  const plans: BuiltPlan[] = []
  for (const graph of graphsOf(part)) plans.push(await buildOne(pack, graph, options, deps))
  const names = Object.fromEntries(plans.map(({ graph }) => [graph, planFile(graph, precision)]))
  await writeEngineSet(outputDir, { schema: 1, pack: { id, version }, precision, plans: names })
  return plans
}

async function buildOne(
  pack: LoadedPack,
  graph: GraphName,
  { outputDir, precision, onProgress, signal, ...place }: BuildEnginesOptions,
  deps: BuildDeps,
): Promise<BuiltPlan> {
  const planPath = join(outputDir, planFile(graph, precision))
  const build = buildOptions(pack, graph, { precision, ...place })
  try {
    const { key, parts, timingName } = await deps.identify(build)
    if ((await checkPlan(planPath, key)) === 'whole') return { graph, planPath, origin: 'kept' }
    await removePlan(planPath)
    const timingPath = join(outputDir, timingName)
    const timingCache = await readFile(timingPath).catch(() => undefined)
    const built = await deps.build(build, {
      signal,
      timingCache,
      onProgress: (progress) => onProgress?.({ graph, ...progress }),
    })
    await writePlan(planPath, built.plan, { key, built: parts })
    await writeWhole(timingPath, built.timingCache)
    return { graph, planPath, origin: 'built' }
  } catch (thrown) {
    throw fromTrt(thrown)
  }
}

export interface CompareOptions {
  plans: readonly BuiltPlan[]
  precision: Sam3Precision
  /** What the reference is, for a person. */
  reference: string
  pictures: readonly RgbImage[]
  signal?: AbortSignal | undefined
}

/** Lets both answer the pack's default prompts on each picture, and keeps the report beside each plan. */
export async function compareEngines(
  pack: LoadedPack,
  { candidate, reference }: { candidate: Sam3; reference: Sam3 },
  options: CompareOptions,
): Promise<ParityMeasures> {
  const part = pack.manifest.segmenter
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${pack.manifest.id} has no SAM3`)
  const prompts = part.defaultPrompts.map((text) => ({ text }))
  const { low } = sam3Thresholds(part)
  const answers = async (sam3: Sam3, picture: RgbImage): Promise<ComparedPicture['reference']> => {
    await using seen = await sam3.encode(picture, options.signal)
    return await seen.find(prompts, { minConfidence: low, signal: options.signal })
  }
  const compared: ComparedPicture[] = []
  for (const picture of options.pictures)
    compared.push({
      reference: await answers(reference, picture),
      candidate: await answers(candidate, picture),
    })
  const measures = measureParity(compared)
  for (const { planPath } of options.plans) {
    const manifest = await readManifest(planPath)
    if (!manifest) throw new FleetError('ENGINE_INVALID', `${planPath} has no manifest`)
    const { precision, reference: referenceName } = options
    const { planSha256 } = manifest
    await writeParity(planPath, { schema: 1, planSha256, precision, reference: referenceName, ...measures })
  }
  return measures
}
