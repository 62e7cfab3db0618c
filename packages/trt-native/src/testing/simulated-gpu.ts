// A GPU for tests where there is none: the real addon on simulated CUDA and TensorRT libraries (native/simulator), whose
// graphs are lines of text. What the simulation cannot show is shown on a real GPU by gpu/.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildOptions } from '../build-engine.ts'
import { createEngineCache, type RunSettings } from '../engine-cache.ts'
import type { Engine } from '../engine.ts'

export const SIMULATOR = fileURLToPath(new URL('../../native/build/simulator', import.meta.url))

if (!existsSync(join(SIMULATOR, 'libnvonnxparser.so.10'))) {
  throw new Error('the simulator is not built: npm run build:native -w @sam3-fleet/trt-native -- --simulator')
}

/** The graph of most tests: y = 2 x for 1 to 8 rows of 16. */
export const DOUBLING = ['input x float32 -1 16', 'output y float32 -1 16', 'scale 2', 'steps 3']

export interface SimulatedFolder extends Disposable {
  path: string
  /** Writes a graph and says how to build it. */
  graph(name: string, lines: readonly string[]): BuildOptions
}

export function simulatedFolder(): SimulatedFolder {
  const path = mkdtempSync(join(tmpdir(), 'sam3-simulated-'))
  return {
    path,
    graph(name, lines) {
      const onnxPath = join(path, `${name}.onnx`)
      writeFileSync(onnxPath, ['simulated', ...lines, ''].join('\n'))
      const isFree = lines.some((line) => line.startsWith('input x') && line.includes('-1'))
      const range = { min: [1, 16], opt: [4, 16], max: [8, 16] }
      return { onnxPath, precision: 'fp16', libraryDir: SIMULATOR, profile: isFree ? { x: range } : {} }
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

export async function openSimulated(
  folder: SimulatedFolder,
  lines: readonly string[] = DOUBLING,
  run: RunSettings = {},
): Promise<Engine> {
  const cache = createEngineCache(join(folder.path, 'plans'))
  return (await cache.open({ build: folder.graph('graph', lines), run })).engine
}

/** `rows` rows of 16 values, all `value`. */
export function rowsOf(
  rows: number,
  value: number,
): { type: 'float32'; dims: number[]; data: Float32Array<ArrayBuffer> } {
  return { type: 'float32', dims: [rows, 16], data: new Float32Array(rows * 16).fill(value) }
}
