// Rows of prompts and hints, each with its own numbers, to the batched inputs of a graph. Pure.
import type { Sam3Part } from '../pack/pack-manifest.ts'
import type { Tensor } from '../session/inference-session.ts'
import { IO } from './graph-io.ts'
import type { HintRow, PromptRow } from './graphs.ts'
import type { PromptTokens } from './prompt-tokens.ts'

type Feeds = Record<string, Tensor>

export function tokenFeeds(tokens: readonly PromptTokens[], { maxTokens }: Sam3Part): Feeds {
  const dims = [tokens.length, maxTokens]
  return {
    [IO.inputIds]: int64s(
      dims,
      tokens.map(({ ids }) => ids),
    ),
    [IO.attentionMask]: int64s(
      dims,
      tokens.map(({ mask }) => mask),
    ),
  }
}

export function promptFeeds(rows: readonly PromptRow[], { maxTokens, shape, limits }: Sam3Part): Feeds {
  const count = rows.length
  return {
    [IO.textFeatures]: floats(
      [count, maxTokens, shape.channels],
      rows.map(({ features }) => features),
    ),
    [IO.textMask]: int64s(
      [count, maxTokens],
      rows.map(({ tokens }) => tokens.mask),
    ),
    // A graph without slots for boxes has no such inputs.
    ...(limits.boxSlots > 0 && {
      [IO.boxes]: floats(
        [count, limits.boxSlots, 4],
        rows.map(({ boxes }) => boxes),
      ),
      [IO.boxLabels]: int64s(
        [count, limits.boxSlots],
        rows.map(({ boxLabels }) => boxLabels),
      ),
    }),
  }
}

export function hintFeeds(rows: readonly HintRow[], { limits }: Sam3Part): Feeds {
  return {
    [IO.points]: floats(
      [rows.length, limits.pointSlots, 2],
      rows.map(({ points }) => points),
    ),
    [IO.pointLabels]: int64s(
      [rows.length, limits.pointSlots],
      rows.map(({ pointLabels }) => pointLabels),
    ),
  }
}

function floats(dims: number[], rows: readonly Float32Array[]): Tensor {
  const length = rows[0]?.length ?? 0
  const data = new Float32Array(rows.length * length)
  for (const [row, values] of rows.entries()) data.set(values, row * length)
  return { type: 'float32', dims, data }
}

function int64s(dims: number[], rows: readonly BigInt64Array[]): Tensor {
  const length = rows[0]?.length ?? 0
  const data = new BigInt64Array(rows.length * length)
  for (const [row, values] of rows.entries()) data.set(values, row * length)
  return { type: 'int64', dims, data }
}
