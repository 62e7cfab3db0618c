import { join } from 'node:path'
import { cp, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { dot } from '@sam3-fleet/shared/vector/vector'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { streetFrame } from '../detect/testing/street-frame.ts'
import { DEFAULT_PACK_DIR } from './load-pack.ts'
import { openPack, openTextEncoder } from './open-pack.ts'
import { copySamplePack } from './testing/sample-pack.ts'

describe('an open pack', () => {
  it('detects and encodes, knows its thresholds, and closes all of its threads', async () => {
    const pack = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
    expect(pack.manifest.detector?.thresholds).toMatchObject(pack.thresholds)
    expect(pack.imageEncoder).toBeNull()
    const frame = await streetFrame(pack.detector.inputSize)
    const [{ objects }, [vector]] = await Promise.all([
      pack.detector.detect(frame),
      pack.textEncoder.encode(['a person on a street']),
    ])
    expect(objects[0]?.label).toBe('person')
    expect(vector).toHaveLength(pack.textEncoder.space.dimension)
    await pack[Symbol.asyncDispose]()
    await expect(pack.textEncoder.encode(['a new sentence'])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const again = await streetFrame(pack.detector.inputSize)
    await expect(pack.detector.detect(again)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('gives the centre an encoder that agrees with the device', async () => {
    await using pack = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
    await using centre = await openTextEncoder(DEFAULT_PACK_DIR)
    const [here] = await pack.textEncoder.encode(['a white van'])
    const [there] = await centre.encode(['a white van'])
    expect(centre.space).toEqual(pack.textEncoder.space)
    expect(dot(here as Float32Array, there as Float32Array)).toBeCloseTo(1, 6)
    expect(centre.pack.manifest.id).toBe('default')
  })

  it('refuses a changed model before it is loaded', async () => {
    await using temp = await createTempDir('open')
    await cp(DEFAULT_PACK_DIR, temp.path, { recursive: true })
    await writeFile(join(temp.path, 'nanodet-g.onnx'), 'not a model')
    await expect(openPack(temp.path, { detectorWorkers: 1 })).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('nanodet-g.onnx'),
    })
  })

  it('says what a pack without a detector is missing', async () => {
    await using temp = await createTempDir('open')
    const dir = await copySamplePack(join(temp.path, 'pack'))
    await expect(openPack(dir, { detectorWorkers: 1 })).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: 'the pack two-tower has no detector that runs on a CPU',
      hint: expect.stringContaining('fleet packs list'),
    })
    await using encoder = await openTextEncoder(dir)
    expect(encoder.space.spaceId).toBe('two-tower@1')
  })

  it('opens nothing for a caller that has left', async () => {
    const signal = AbortSignal.abort()
    await expect(openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1, signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
})
