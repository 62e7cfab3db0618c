import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PACK_DIR } from './load-pack.ts'
import { packManifestSchema, type PackManifest } from './pack-manifest.ts'

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

  it('describes a SAM3 pack, and refuses one whose graphs are not all listed', () => {
    const sam3 = (tracker: string) => (draft: PackManifest) => {
      const path = firstFile(draft).path
      draft.detector = null
      draft.segmenter = {
        kind: 'sam3',
        graphs: { visionEncoder: path, textEncoder: path, promptDecoder: path, tracker },
        tokenizer: 'tokenizer.json',
        tokenizerConfig: 'tokenizer_config.json',
        maxTokens: 32,
        input: { width: 1008, height: 1008, channels: 'rgb', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
        thresholds: { track: 0.5, mask: 0.5 },
      }
    }
    expect(refusalOf(sam3(firstFile(manifest).path))).toBe('accepted')
    expect(refusalOf(sam3('tracker.onnx'))).toContain('tracker.onnx is used but not listed')
  })

  it('names a licence, a source and a recipe for each file of the default pack', () => {
    for (const file of manifest.files) {
      expect([file.licence, file.source, file.recipe].every((text) => text.length > 2)).toBe(true)
    }
  })
})
