import { expect, it } from 'vitest'
import { probe } from './probe.ts'
import { SIMULATOR } from './testing/simulated-gpu.ts'

/** A folder in which no library lies; the driver of a machine that has one is found all the same. */
const EMPTY = '/nonexistent'

it('says in one sentence that TensorRT is missing and what to install', async () => {
  const found = await probe({ libraryDir: EMPTY })
  expect(found).toMatchObject({ canRun: false, canBuild: false, tensorrt: undefined })
  expect(found.sentence).toMatch(/^TensorRT is missing \(.*\).*: install TensorRT 10\.3 or newer.*\.$/)
  expect(found.sentence).not.toContain('\n')
})

it('says that the addon is not built, and how to build it, instead of failing', async () => {
  const found = await probe({ addonPath: '/nonexistent/sam3_trt.node' })
  expect(found.canRun).toBe(false)
  expect(found.sentence).toContain('npm run build:native')
  expect(found.sentence).toContain('C++ compiler')
})

it('names TensorRT and the GPU where both are there', async () => {
  const found = await probe({ libraryDir: SIMULATOR })
  expect(found).toMatchObject({ canRun: true, canBuild: true, tensorrt: '10.3.0.26' })
  expect(found.sentence).toBe('TensorRT 10.3.0.26 on simulated GPU is ready.')
  expect(found.devices).toMatchObject([{ index: 0, name: 'simulated GPU', integrated: false }])
})
