// The name of an engine in the cache: everything that a plan depends on, so that a plan is used only where it fits.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { NativeDevice } from './native-addon.ts'
import { sha256OfFile } from './plan-file.ts'

/** Raised when what we ask of TensorRT changes, so that older plans are not taken for newer ones. */
const KEY_VERSION = 1
/** Where exporters put weights that do not fit into the graph's own file. */
const WEIGHT_SUFFIXES = ['.data', '_data']

export interface EngineKeyParts {
  modelSha256: string
  tensorrt: string
  device: string
  precision: string
  profile: unknown
  optimizationLevel: number
  workspaceBytes: number
  detailedLayers: boolean
}

/** Over the graph and the weight files beside it. */
export async function hashModel(onnxPath: string): Promise<string> {
  const hash = createHash('sha256').update(await sha256OfFile(onnxPath))
  for (const suffix of WEIGHT_SUFFIXES) {
    const path = `${onnxPath}${suffix}`
    if (await stat(path).catch(() => undefined)) hash.update(suffix).update(await sha256OfFile(path))
  }
  return hash.digest('hex')
}

/** The same for every board of one kind: plans may travel between them. */
export function describeDevice(device: NativeDevice): string {
  return `${device.name} sm${device.computeCapability} x${device.multiprocessors}`
}

export function engineKey(parts: EngineKeyParts): string {
  const entries = Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([KEY_VERSION, ...entries]))
    .digest('hex')
    .slice(0, 32)
}
