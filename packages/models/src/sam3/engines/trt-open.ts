// SAM3 on TensorRT from plans that were built for this pack, GPU and TensorRT, and that answer as the reference does.
// Whatever does not fit is refused with what to do: TensorRT trusts what it reads.
import { createGpuFrameKernels } from '@sam3-fleet/trt-native/gpu-frame-kernels'
import { identifyEngine } from '@sam3-fleet/trt-native/engine-cache'
import type { Engine } from '@sam3-fleet/trt-native/engine'
import { checkPlan, readManifest } from '@sam3-fleet/trt-native/plan-file'
import { openTrtEngine } from '@sam3-fleet/trt-native/trt-engine'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { LoadedPack } from '../../pack/load-pack.ts'
import type { Sam3Part } from '../../pack/pack-manifest.ts'
import { createGraphSam3 } from '../graph-sam3.ts'
import { loadPromptTokenizer } from '../prompt-tokens.ts'
import type { Sam3 } from '../sam3.ts'
import { createTrtGraphs, fromTrt, type Sam3Engines } from '../trt-graphs.ts'
import {
  buildOptions,
  graphsOf,
  type EnginePlace,
  type GraphName,
  type Sam3Precision,
} from './trt-engine-graphs.ts'
import { BUILD_HINT, locateEngines, type EngineSettings } from './trt-engine-set.ts'
import { readParity, underGate } from './trt-parity.ts'

/** Pictures at once: one is copied while the other is computed; a third would only wait. */
const PICTURES_AT_ONCE = 2

/** What touches the GPU, replaceable where there is none. */
export interface OpenDeps {
  identify: typeof identifyEngine
  openEngine: (planPath: string, place: EnginePlace) => Promise<Engine>
  openKernels: typeof createGpuFrameKernels
  nowMs: () => number
}

const NATIVE_DEPS: OpenDeps = {
  identify: identifyEngine,
  openEngine: (planPath, { device, libraryDir }) =>
    openTrtEngine({
      planPath,
      ...(device !== undefined && { device }),
      ...(libraryDir !== undefined && { libraryDir }),
    }),
  openKernels: createGpuFrameKernels,
  nowMs: () => performance.now(),
}

export interface CheckedPlan {
  graph: GraphName
  planPath: string
  precision: Sam3Precision
  /** Null when it may be used. */
  refusal: FleetError | null
  /** That it was never compared with the reference. */
  isUnproved: boolean
}

/**
 * Every plan that the pack needs, and whether it may be used.
 * @throws FleetError ENGINE_INVALID when there are no engines of this pack, UNAVAILABLE without GPU or TensorRT.
 */
export async function checkEngines(
  pack: LoadedPack,
  settings: EngineSettings & EnginePlace,
  deps: Pick<OpenDeps, 'identify'> = NATIVE_DEPS,
): Promise<CheckedPlan[]> {
  const part = partOf(pack)
  const { id, version } = pack.manifest
  const { set, paths } = await locateEngines(settings)
  if (set.pack.id !== id || set.pack.version !== version) {
    const built = `${set.pack.id} ${set.pack.version}`
    throw new FleetError('ENGINE_INVALID', `the engines are of the pack ${built}, not of ${id} ${version}`, {
      hint: BUILD_HINT,
    })
  }
  const { device, libraryDir } = settings
  const checked: CheckedPlan[] = []
  for (const graph of graphsOf(part)) {
    const planPath = paths[graph]
    if (planPath === undefined) {
      throw new FleetError('ENGINE_INVALID', `there is no plan of ${graph} among the engines`, {
        hint: BUILD_HINT,
      })
    }
    const build = buildOptions(pack, graph, { precision: set.precision, device, libraryDir })
    const { key, parts } = await deps.identify(build).catch((thrown: unknown) => {
      throw fromTrt(thrown)
    })
    const verdict = await judge(planPath, key, parts)
    checked.push({ graph, planPath, precision: set.precision, ...verdict })
  }
  return checked
}

export interface OpenedSam3 {
  sam3: Sam3
  /** For a person: what is not as it should be, though it works. */
  warnings: string[]
}

/**
 * @throws FleetError ENGINE_INVALID for a plan that is missing, damaged or of another model, GPU or TensorRT,
 *   ENGINE_INACCURATE for one under the gate, GPU_MEMORY_SHORT, UNAVAILABLE.
 */
export async function openTrtSam3(
  pack: LoadedPack,
  settings: EngineSettings & EnginePlace & { ignoreParity?: boolean },
  deps: OpenDeps = NATIVE_DEPS,
): Promise<OpenedSam3> {
  const part = partOf(pack)
  const checked = await checkEngines(pack, settings, deps)
  for (const { refusal } of checked) {
    // Whoever compares engines with the reference must open them whatever an older report says.
    const isForgiven = settings.ignoreParity === true && refusal?.code === 'ENGINE_INACCURATE'
    if (refusal && !isForgiven) throw refusal
  }
  await using opened = new AsyncDisposableStack()
  try {
    const engines: Partial<Record<GraphName, Engine>> = {}
    for (const { graph, planPath } of checked)
      engines[graph] = opened.use(await deps.openEngine(planPath, settings))
    const { device, libraryDir } = settings
    const kernels = opened.use(await deps.openKernels({ device, libraryDir }))
    const tokenizer = await loadPromptTokenizer(pack.dir, part)
    const graphs = createTrtGraphs({ engines: whole(engines), kernels, part })
    // The graphs dispose of engines and kernels from here on.
    opened.move()
    const sam3 = createGraphSam3({
      graphs,
      part,
      tokenizer,
      runsOn: 'tensorrt',
      parallelism: PICTURES_AT_ONCE,
      nowMs: deps.nowMs,
    })
    const unproved = checked.filter(({ isUnproved }) => isUnproved).map(({ graph }) => graph)
    const warnings =
      unproved.length === 0
        ? []
        : [`the SAM3 engines ${unproved.join(', ')} were never compared with the model in full precision`]
    return { sam3, warnings }
  } catch (thrown) {
    throw fromTrt(thrown)
  }
}

async function judge(
  planPath: string,
  key: string,
  parts: Record<string, unknown>,
): Promise<Pick<CheckedPlan, 'refusal' | 'isUnproved'>> {
  const state = await checkPlan(planPath, key)
  if (state !== 'whole') {
    const why = state === 'absent' ? 'is not there' : await differenceOf(planPath, parts)
    return { refusal: invalid(`${planPath} ${why}`), isUnproved: false }
  }
  const manifest = await readManifest(planPath)
  const report = await readParity(planPath)
  if (!report || report.planSha256 !== manifest?.planSha256) return { refusal: null, isUnproved: true }
  const wrong = underGate(report)
  if (wrong.length === 0) return { refusal: null, isUnproved: false }
  return {
    refusal: new FleetError(
      'ENGINE_INACCURATE',
      `${planPath} answers unlike the full model: ${wrong.join('; ')}`,
      {
        hint: 'Build it with another precision: "fleet engines build --precision fp16" or fp32.',
      },
    ),
    isUnproved: false,
  }
}

/** What the plan was built for, where that is not what is here. */
async function differenceOf(planPath: string, parts: Record<string, unknown>): Promise<string> {
  const manifest = await readManifest(planPath)
  if (!manifest) return 'has no manifest beside it'
  const names: Record<string, string> = {
    modelSha256: 'model',
    tensorrt: 'TensorRT',
    device: 'GPU',
    precision: 'precision',
    profile: 'shapes',
  }
  const other = Object.entries(names).filter(
    ([field]) => JSON.stringify(manifest.built[field]) !== JSON.stringify(parts[field]),
  )
  if (other.length === 0) return 'is damaged'
  return `was built for another ${other.map(([, name]) => name).join(', another ')}`
}

function whole(engines: Partial<Record<GraphName, Engine>>): Sam3Engines {
  const { visionEncoder, textEncoder, promptDecoder, trackerDecoder = null } = engines
  if (visionEncoder && textEncoder && promptDecoder)
    return { visionEncoder, textEncoder, promptDecoder, trackerDecoder }
  throw invalid('an engine is missing')
}

function partOf({ manifest: { id, segmenter } }: LoadedPack): Sam3Part {
  if (segmenter) return segmenter
  throw new FleetError('PACK_INVALID', `the pack ${id} has no SAM3`)
}

function invalid(message: string): FleetError {
  return new FleetError('ENGINE_INVALID', message, { hint: BUILD_HINT })
}
