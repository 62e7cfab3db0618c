import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What a process of its own prints: what fails here ends it. */
async function outputOf(script: string): Promise<string> {
  const path = fileURLToPath(new URL(`./testing/${script}`, import.meta.url))
  return (await promisify(execFile)(process.execPath, ['--conditions=source', path])).stdout
}

test('a capture that gets no thread says so and closes, and the process goes on', async () => {
  expect(JSON.parse(await outputOf('without-thread.ts'))).toEqual([
    { type: 'error', message: expect.stringContaining('no thread') },
    { type: 'closed' },
  ])
})

test('worker threads may end while their captures speak', async () => {
  expect(await outputOf('ended-workers.ts')).toBe('alive')
})
