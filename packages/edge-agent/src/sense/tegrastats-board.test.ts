import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { EMPTY_READING, type BoardReading } from './board.ts'
import { createTegrastatsBoard } from './tegrastats-board.ts'

test('the program beside the agent completes what the kernel tells, and ends with the agent', async () => {
  await using dir = await createTempDir('tegrastats')
  const sample = new URL('./samples/tegrastats-orin-jetpack6.txt', import.meta.url)
  const command = join(dir.path, 'tegrastats')
  await writeFile(
    command,
    `#!/bin/sh\ncat <<'LINE'\n${await readFile(sample, 'utf8')}LINE\nexec tail -f /dev/null\n`,
  )
  await chmod(command, 0o755)
  const kernel: BoardReading = { ...EMPTY_READING, temperaturesC: { cpu: 50 }, overCurrentEvents: 2 }
  const board = createTegrastatsBoard({
    kernel: { read: () => Promise.resolve(kernel) },
    clock: systemClock,
    command,
  })
  expect(await board.read()).toEqual(kernel)
  const stop = new AbortController()
  const running = board.run(stop.signal)
  await waitUntil('its first line', async () => (await board.read()).gpuLoad === 0.97)
  expect(await board.read()).toMatchObject({
    temperaturesC: { cpu: 50 },
    railsMw: { VDD_GPU_SOC: 21_472 },
    memoryBusLoad: 0.18,
    overCurrentEvents: 2,
  })
  stop.abort(new Error('over'))
  await running
})

test('without the program the kernel is enough', async () => {
  const board = createTegrastatsBoard({
    kernel: { read: () => Promise.resolve(EMPTY_READING) },
    clock: systemClock,
    command: '/nowhere/tegrastats',
  })
  await board.run(new AbortController().signal)
  expect(await board.read()).toEqual(EMPTY_READING)
})
