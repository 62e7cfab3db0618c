// A short walk over every kernel and every branch in it: what compute-sanitizer watches for stray accesses and races.
import { createGpuFrameKernels } from '../src/gpu-frame-kernels.ts'
import { centresCase, fitCase, masksCase, sidesCase } from './equal-kernels.ts'

await using kernels = await createGpuFrameKernels()
const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const
const place = { x: 5, y: 0, width: 70, height: 61 }
const sizes = { width: 131, height: 77 }
for (const format of ['nv12', 'rgb', 'rgba'] as const)
  for (const type of ['float16', 'float32'] as const)
    await fitCase(
      { picture: { format, ...sizes }, target: { ...plain, width: 80, height: 61, place, type } },
      1,
    ).run(kernels)
for (const sure of [0.999, 0.5]) await sidesCase(3, sure, sizes).run(kernels)
for (const rows of [1, 200, 2000]) await centresCase(rows, rows).run(kernels)
for (const type of ['float16', 'float32'] as const)
  for (const kind of ['smooth', 'noise'] as const)
    await masksCase(
      { count: 3, width: 36, height: 36, type, options: { width: 300, height: 170 } },
      kind,
    ).run(kernels)
process.stdout.write(`kernels-smoke: ${kernels.name}\n`)
