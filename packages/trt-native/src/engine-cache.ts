// Engines by what they are built from: opened from the cache folder where a whole plan lies, built and kept otherwise.
// A plan that is stale, cut short, changed or refused by TensorRT is built again, never run.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { buildEngine, buildOptionsSchema, type BuildHooks, type BuildOptions } from './build-engine.ts'
import { describeDevice, engineKey, hashModel } from './engine-key.ts'
import type { Engine } from './engine.ts'
import { checkPlan, removePlan, writePlan, writeWhole } from './plan-file.ts'
import { probe, type Probe } from './probe.ts'
import { openTrtEngine, type TrtEngineOptions } from './trt-engine.ts'
import { toTrtError, TrtError } from './trt-error.ts'

export type RunSettings = Omit<TrtEngineOptions, 'planPath' | 'device' | 'libraryDir' | 'addonPath'>

export interface CacheOpenOptions extends Pick<BuildHooks, 'signal' | 'onProgress'> {
  build: BuildOptions
  run?: RunSettings
}

export interface CachedEngine {
  engine: Engine
  planPath: string
  /** Why it was built now; `cached` when it was not. */
  origin: 'cached' | 'built: absent' | 'built: damaged' | 'built: refused'
}

export interface EngineCache {
  /** @throws TrtError as buildEngine and openTrtEngine, DISK_FULL when the plan cannot be kept. */
  open(options: CacheOpenOptions): Promise<CachedEngine>
}

/** The parts that touch the GPU, replaceable where there is none. */
export interface EngineCacheDeps {
  probe: typeof probe
  build: typeof buildEngine
  openEngine: typeof openTrtEngine
}

const NATIVE_DEPS: EngineCacheDeps = { probe, build: buildEngine, openEngine: openTrtEngine }

export function createEngineCache(directory: string, deps: EngineCacheDeps = NATIVE_DEPS): EngineCache {
  // One after the other: builds side by side would spoil each other's timings, and two of one key do the work twice.
  let last: Promise<unknown> = Promise.resolve()
  return {
    open(options) {
      const opened = last.then(() => openCached(directory, options, deps))
      last = opened.catch(() => undefined)
      return opened
    },
  }
}

async function openCached(
  directory: string,
  { build, run = {}, signal, onProgress }: CacheOpenOptions,
  deps: EngineCacheDeps,
): Promise<CachedEngine> {
  try {
    const { planPath, key, parts, timingPath } = await locate(directory, build, deps)
    const settings = { ...run, planPath, ...placeOf(build) }
    const state = await checkPlan(planPath, key)
    let origin: CachedEngine['origin'] = state === 'whole' ? 'cached' : `built: ${state}`
    if (state === 'whole') {
      const engine = await openUnlessRefused(deps, settings)
      if (engine) return { engine, planPath, origin }
      origin = 'built: refused'
    }
    await removePlan(planPath)
    const timingCache = await readFile(timingPath).catch(() => undefined)
    const built = await deps.build(build, { signal, onProgress, timingCache })
    await writePlan(planPath, built.plan, { key, built: parts })
    await writeWhole(timingPath, built.timingCache)
    return { engine: await deps.openEngine(settings), planPath, origin }
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}

async function locate(
  directory: string,
  build: BuildOptions,
  deps: EngineCacheDeps,
): Promise<{ planPath: string; key: string; parts: Record<string, unknown>; timingPath: string }> {
  const { key, parts, timingName } = await identifyEngine(build, deps)
  return {
    key,
    parts,
    planPath: join(directory, `${key}.plan`),
    timingPath: join(directory, timingName),
  }
}

export interface EngineIdentity {
  /** Of the plan that this build would give here: another key, another plan. */
  key: string
  /** What the key stands for, for people. */
  parts: Record<string, unknown>
  /** File of the timings that every build on this machine shares. */
  timingName: string
}

/** @throws TrtError INVALID_INPUT, NOT_FOUND without the graph, UNAVAILABLE without GPU or TensorRT. */
export async function identifyEngine(
  build: BuildOptions,
  deps: Pick<EngineCacheDeps, 'probe'> = NATIVE_DEPS,
): Promise<EngineIdentity> {
  const parsed = buildOptionsSchema.safeParse(build)
  if (!parsed.success) throw new TrtError('INVALID_INPUT', z.prettifyError(parsed.error))
  const { precision, profile, optimizationLevel, workspaceBytes, detailedLayers, onnxPath, device } =
    parsed.data
  const machine = await deps.probe(placeOf(build))
  const gpu = machine.devices.find((candidate) => candidate.index === device)
  if (!machine.canRun || machine.tensorrt === undefined || !gpu) throw unusable(machine)
  const parts = {
    modelSha256: await hashModel(onnxPath),
    tensorrt: machine.tensorrt,
    device: describeDevice(gpu),
    precision,
    profile,
    optimizationLevel,
    workspaceBytes,
    detailedLayers,
  }
  const key = engineKey(parts)
  const timingName = engineKey({ ...TIMING_PARTS, tensorrt: parts.tensorrt, device: parts.device })
  return { key, parts, timingName: `${timingName}.timing` }
}

/** Timings depend on the machine alone: every build on it shares them. */
const TIMING_PARTS = {
  modelSha256: '',
  precision: '',
  profile: {},
  optimizationLevel: 0,
  workspaceBytes: 0,
  detailedLayers: false,
}

function placeOf({ device, libraryDir, addonPath }: BuildOptions): Partial<TrtEngineOptions> {
  return {
    ...(device === undefined ? {} : { device }),
    ...(libraryDir === undefined ? {} : { libraryDir }),
    ...(addonPath === undefined ? {} : { addonPath }),
  }
}

async function openUnlessRefused(
  deps: EngineCacheDeps,
  settings: TrtEngineOptions,
): Promise<Engine | undefined> {
  try {
    return await deps.openEngine(settings)
  } catch (thrown) {
    if (toTrtError(thrown).code === 'ENGINE_INVALID') return undefined
    throw thrown
  }
}

function unusable(machine: Probe): TrtError {
  return new TrtError('UNAVAILABLE', machine.sentence)
}
