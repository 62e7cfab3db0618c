import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { writeEngineSet } from '@sam3-fleet/models/sam3/engines/trt-engine-set'
import { parityPictures } from '@sam3-fleet/models/sam3/engines/pictures'
import { writeParity } from '@sam3-fleet/models/sam3/engines/trt-parity'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { runFleet } from '../run-fleet.ts'

const TINY_PACK = fileURLToPath(new URL('../../../models/src/sam3/fixtures/tiny', import.meta.url))

let folder: string
let engines: string
beforeEach(async () => {
  const temp = await createTempDir('fleet-engines')
  onTestFinished(() => temp[Symbol.asyncDispose]())
  folder = temp.path
  engines = join(folder, 'engines')
  await mkdir(engines)
})

async function fleet(args: string[], env: Record<string, string> = {}) {
  const results: string[] = []
  const notes: string[] = []
  const code = await runFleet(['engines', ...args], {
    env: { FLEET_DATA_DIR: folder, ...env },
    terminal: { result: (line) => results.push(line), note: (line) => notes.push(line) },
    signal: new AbortController().signal,
  })
  return { code, result: results.join('\n'), notes: notes.join('\n') }
}

const measures = {
  pictures: 3,
  objects: 12,
  matchedPart: 1,
  boxIou: { mean: 0.99, min: 0.97 },
  maskIou: { mean: 0.98, min: 0.9 },
  scoreDrift: { mean: 0.002, max: 0.01 },
}

describe('fleet engines list', () => {
  it('shows what is here, how large, and how each compares', async () => {
    await writeEngineSet(engines, {
      schema: 1,
      pack: { id: 'sam3', version: '1.0.0' },
      precision: 'fp16',
      plans: { visionEncoder: 'vision.plan', promptDecoder: 'prompt.plan' },
    })
    const report = { schema: 1, planSha256: 'x', precision: 'fp16', reference: 'fp32', ...measures } as const
    await writeFile(join(engines, 'vision.plan'), Buffer.alloc(2_000_000))
    await writeParity(join(engines, 'vision.plan'), report)
    await writeFile(join(engines, 'prompt.plan'), Buffer.alloc(1_000_000))
    await writeParity(join(engines, 'prompt.plan'), { ...report, boxIou: { mean: 0.5, min: 0.1 } })
    const { code, result } = await fleet(['list'])
    expect(code).toBe(0)
    expect(result).toContain('sam3 1.0.0, fp16')
    expect(result).toMatch(
      /visionEncoder +2\.0 MB +box IoU 0\.990, mask IoU 0\.980, score drift 0\.0020 over 12 objects: passes/,
    )
    expect(result).toMatch(/promptDecoder .*UNDER THE GATE \(box IoU 0\.500/)
    const { result: json } = await fleet(['list', '--json'])
    expect(JSON.parse(json)).toMatchObject({
      precision: 'fp16',
      plans: [{ bytes: 2_000_000 }, { bytes: 1_000_000 }],
    })
  })

  it('ends with 1 where there are none, and says how to build them', async () => {
    const { code, notes } = await fleet(['list'])
    expect(code).toBe(1)
    expect(notes).toContain('fleet engines build')
  })
})

describe('fleet engines build', () => {
  it('asks for a pack where none is named, and refuses one without SAM3', async () => {
    expect(await fleet(['build'])).toMatchObject({ code: 2, notes: expect.stringContaining('--pack') })
    const { code, notes } = await fleet(['build', '--pack', DEFAULT_PACK_DIR])
    expect([code, notes]).toEqual([1, expect.stringContaining('has no SAM3')])
  })

  it('says what is missing on a machine without a GPU', async () => {
    const none = join(folder, 'no-tensorrt')
    const { code, notes } = await fleet(['build', '--pack', TINY_PACK, '--library-dir', none])
    expect([code, notes]).toEqual([1, expect.stringContaining('[UNAVAILABLE]')])
  })

  it('exports a checkpoint first, in full precision for the reference too, and passes on what the exporter says', async () => {
    const python = join(folder, 'python')
    await writeFile(python, `#!/bin/sh\necho "exporter called with $*" >&2\nexit 3\n`)
    await chmod(python, 0o755)
    const { code, notes } = await fleet(['build', '--checkpoint', '/models/sam3.pt'], {
      FLEET_PYTHON: python,
    })
    expect(code).toBe(1)
    expect(notes).toMatch(/export\.py --checkpoint \/models\/sam3\.pt --out .* --dtype fp32/)
    expect(notes).toContain('could not be exported (status 3)')
    const missing = await fleet(['build'], { FLEET_PYTHON: '/no/python', SAM3_CHECKPOINT: '/models/sam3.pt' })
    expect([missing.code, missing.notes]).toEqual([1, expect.stringContaining('cannot be started')])
  })

  it('refuses a precision that there is not', async () => {
    expect((await fleet(['build', '--precision', 'fp64'])).code).toBe(2)
  })
})

it('compares on several pictures that come with the product', async () => {
  const pictures = await parityPictures()
  expect(pictures.length).toBeGreaterThanOrEqual(3)
  for (const { width, height, data } of pictures) expect(data.length).toBe(width * height * 3)
})
