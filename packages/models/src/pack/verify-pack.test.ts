import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { DEFAULT_PACK_DIR, loadPack, readManifest } from './load-pack.ts'
import { copySamplePack } from './testing/sample-pack.ts'
import { verifyFolder } from './verify-pack.ts'

async function brokenPack(dir: string): Promise<string> {
  await copySamplePack(dir)
  await rm(join(dir, 'image.onnx'))
  await appendFile(join(dir, 'text.onnx'), 'x')
  // The same length, another content.
  await writeFile(join(dir, 'tokenizer_config.json'), '{"tokenizer_class": "PreTrainedTokenizerSlow"}\n')
  await mkdir(join(dir, 'plans'))
  await writeFile(join(dir, 'plans/extra.bin'), 'x')
  return dir
}

describe('a pack on disk', () => {
  it('that comes with the product is whole', async () => {
    const verdicts = await verifyFolder(DEFAULT_PACK_DIR, await readManifest(DEFAULT_PACK_DIR))
    expect(verdicts.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(verdicts.length).toBeGreaterThanOrEqual(5)
  })

  it('is judged file by file: missing, longer, changed, and listed nowhere', async () => {
    await using temp = await createTempDir('pack')
    const dir = await brokenPack(join(temp.path, 'pack'))
    const verdicts = await verifyFolder(dir, await readManifest(dir))
    expect(Object.fromEntries(verdicts.map(({ path, state }) => [path, state]))).toEqual({
      'image.onnx': 'missing',
      'text.onnx': 'wrong size',
      'tokenizer.json': 'ok',
      'tokenizer_config.json': 'wrong sha256',
      'plans/extra.bin': 'not listed',
    })
  })

  it('is refused with the file and what to do when one is wrong', async () => {
    await using temp = await createTempDir('pack')
    const dir = await brokenPack(join(temp.path, 'pack'))
    await expect(loadPack(dir)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: `${join(dir, 'image.onnx')}: missing`,
      hint: expect.stringContaining('fleet packs pull'),
    })
  })

  it('loads with a file too many: a run reads listed files only', async () => {
    await using temp = await createTempDir('pack')
    const dir = await copySamplePack(join(temp.path, 'pack'))
    await writeFile(join(dir, 'engine-cache.bin'), 'x')
    expect((await loadPack(dir)).manifest.id).toBe('two-tower')
  })

  it('is refused without pack.json, with another text in it, and with another form', async () => {
    await using temp = await createTempDir('pack')
    await expect(loadPack(temp.path)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      hint: expect.stringContaining('folder of a model pack'),
    })
    await writeFile(join(temp.path, 'pack.json'), '<html>')
    await expect(loadPack(temp.path)).rejects.toMatchObject({ message: expect.stringContaining('not JSON') })
    await writeFile(join(temp.path, 'pack.json'), '{"schema":2}')
    await expect(loadPack(temp.path)).rejects.toMatchObject({
      message: expect.stringContaining('schema'),
      hint: expect.stringContaining('docs/model-packs.md'),
    })
  })
})
