// The graphs of make_models.py with their inputs and reference outputs, and how far a result is from its reference.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildOptions } from '../src/build-engine.ts'
import { hostTensor, type HostTensor, type TensorType } from '../src/tensor.ts'

function environment(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} must be set`)
  return value
}

export const MODELS = environment('SAM3_GPU_MODELS')
export const OUT = environment('SAM3_GPU_OUT')
export const LIBRARIES = environment('SAM3_TENSORRT_DIR')
/** Where plans are kept between the commands of one stay. */
export const PLANS = environment('SAM3_GPU_PLANS')

export interface GpuCase {
  name: string
  inputs: Record<string, HostTensor>
  outputs: Record<string, HostTensor>
}

interface ListedTensor {
  name: string
  type: TensorType
  dims: number[]
  file: string
}

export function onnxPath(name: string): string {
  return join(MODELS, `${name}.onnx`)
}

export function readCase(name: string): GpuCase {
  const about = JSON.parse(readFileSync(join(MODELS, `${name}.json`), 'utf8')) as Record<
    'inputs' | 'outputs',
    ListedTensor[]
  >
  const read = (listed: ListedTensor[]): Record<string, HostTensor> =>
    Object.fromEntries(
      listed.map(({ name: tensor, type, dims, file }) => {
        const bytes = readFileSync(join(MODELS, file))
        return [tensor, hostTensor(type, dims, new Uint8Array(bytes).buffer)]
      }),
    )
  return { name, inputs: read(about.inputs), outputs: read(about.outputs) }
}

/** The same values in memory of their own: a run takes the buffers it is given. */
export function copyOf(tensors: Record<string, HostTensor>): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, copyTensor(tensor)]))
}

export function copyTensor(tensor: HostTensor): HostTensor {
  const { buffer, byteOffset, byteLength } = tensor.data
  return hostTensor(tensor.type, tensor.dims, new Uint8Array(buffer, byteOffset, byteLength).slice().buffer)
}

export function buildOf(name: string, precision: BuildOptions['precision']): BuildOptions {
  const free = name === 'mlp' ? { x: { min: [1, 16], opt: [4, 16], max: [8, 16] } } : {}
  const wide = { x: { min: [1, 1, 32, 32], opt: [1, 1, 512, 512], max: [1, 1, 8192, 8192] } }
  return {
    onnxPath: onnxPath(name),
    precision,
    profile: name === 'wide' ? wide : free,
    libraryDir: LIBRARIES,
    optimizationLevel: 2,
  }
}

/** Norm of the difference over the norm of the reference. */
export function relativeError(actual: HostTensor, expected: HostTensor): number {
  if (actual.data.length !== expected.data.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let norm = 0
  for (let i = 0; i < actual.data.length; i += 1) {
    const reference = Number(expected.data[i])
    difference += (Number(actual.data[i]) - reference) ** 2
    norm += reference ** 2
  }
  return Math.sqrt(difference / Math.max(norm, Number.MIN_VALUE))
}

export function writeTable(name: string, rows: readonly Record<string, string | number | boolean>[]): void {
  mkdirSync(OUT, { recursive: true })
  writeFileSync(join(OUT, `${name}.json`), `${JSON.stringify(rows, null, 1)}\n`)
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`
  const text = [line(columns), line(columns.map(() => '---')), ...rows.map((row) => line(Object.values(row)))]
  writeFileSync(join(OUT, `${name}.md`), `${text.join('\n')}\n`)
  process.stdout.write(`## ${name}\n${text.join('\n')}\n`)
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}
