import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PACK_DIR } from './load-pack.ts'
import { packManifestSchema, type PackManifest, type Sam3Part } from './pack-manifest.ts'

const manifest = packManifestSchema.parse(
  JSON.parse(await readFile(join(DEFAULT_PACK_DIR, 'pack.json'), 'utf8')),
)

function refusalOf(change: (draft: PackManifest) => void): string {
  const draft = structuredClone(manifest)
  change(draft)
  const { error } = packManifestSchema.safeParse(draft)
  return error?.issues.map(({ message }) => message).join('; ') ?? 'accepted'
}

const firstFile = (draft: PackManifest) => draft.files[0] as PackManifest['files'][number]
const detectorOf = (draft: PackManifest) => draft.detector as NonNullable<PackManifest['detector']>

describe('the form of pack.json', () => {
  it.each(['../evil', '/etc/passwd', 'a/../../b', 'a//b', '.hidden', 'a\\..\\b', 'C:evil', '~/x', 'a/.', ''])(
    'refuses the file path "%s"',
    (path) => {
      expect(refusalOf((draft) => void (firstFile(draft).path = path))).toContain('a path inside the pack')
    },
  )

  it('accepts plain paths in folders', () => {
    const extra = (draft: PackManifest) =>
      draft.files.push({ ...firstFile(draft), path: 'plans/v2/a_b-c.onnx' })
    expect(refusalOf(extra)).toBe('accepted')
  })

  it('refuses a file twice, itself as a file, and a model that is not listed', () => {
    expect(refusalOf((draft) => draft.files.push(firstFile(draft)))).toContain('twice')
    expect(refusalOf((draft) => draft.files.push({ ...firstFile(draft), path: 'pack.json' }))).toContain(
      'itself',
    )
    expect(refusalOf((draft) => void draft.files.shift())).toContain('nanodet-g.onnx is used but not listed')
  })

  it('refuses thresholds that contradict each other', () => {
    const swap = (draft: PackManifest) => void (detectorOf(draft).thresholds.low = 0.9)
    expect(refusalOf(swap)).toContain('thresholds.low')
  })

  it('refuses an image encoder of another space than the text encoder', () => {
    const text = manifest.textEncoder as NonNullable<PackManifest['textEncoder']>
    const add = (draft: PackManifest) => {
      draft.imageEncoder = {
        kind: 'clip',
        model: firstFile(draft).path,
        input: { name: 'x', width: 8, height: 8, channels: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
        output: 'y',
        space: { ...text.space, spaceId: 'another@1' },
      }
    }
    expect(refusalOf(add)).toContain('must share one space')
  })

  const sam3 =
    (change: (segmenter: Sam3Part, path: string) => void = () => {}) =>
    (draft: PackManifest) => {
      const path = firstFile(draft).path
      const segmenter: Sam3Part = {
        kind: 'sam3',
        graphs: { visionEncoder: path, textEncoder: path, promptDecoder: path, trackerDecoder: path },
        tokenizer: 'tokenizer.json',
        tokenizerConfig: 'tokenizer_config.json',
        maxTokens: 32,
        padToken: 49407,
        dtype: 'float16',
        input: { width: 1008, height: 1008, channels: 'rgb', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
        shape: { grid: 72, channels: 256, queries: 200, mask: 288 },
        limits: { prompts: 8, boxSlots: 8, pointSlots: 16 },
        thresholds: { track: 0.5, mask: 0.5 },
        defaultPrompts: ['person'],
      }
      change(segmenter, path)
      draft.detector = null
      draft.segmenter = segmenter
    }

  it('describes a SAM3 pack, with or without a tracker decoder', () => {
    expect(refusalOf(sam3())).toBe('accepted')
    expect(refusalOf(sam3(({ graphs }) => void delete graphs.trackerDecoder))).toBe('accepted')
  })

  it('refuses a SAM3 pack whose graphs are not all listed, or whose tracker takes no points', () => {
    const lost = sam3(({ graphs }) => void (graphs.trackerDecoder = 'lost.onnx'))
    expect(refusalOf(lost)).toContain('lost.onnx is used but not listed')
    expect(refusalOf(sam3(({ limits }) => void (limits.pointSlots = 0)))).toContain('limits.pointSlots')
  })

  it('names a licence, a source and a recipe for each file of the default pack', () => {
    for (const file of manifest.files) {
      expect([file.licence, file.source, file.recipe].every((text) => text.length > 2)).toBe(true)
    }
  })
})
