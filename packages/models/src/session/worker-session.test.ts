import { expect, it } from 'vitest'
import { createWorkerSession } from './worker-session.ts'
import { describeSession, tinyFeeds, TINY_MODEL } from './testing/session-contract.ts'

describeSession('onnxruntime in a worker thread', createWorkerSession)

it('hands buffers over instead of copying them', async () => {
  await using session = await createWorkerSession(TINY_MODEL)
  const feeds = tinyFeeds()
  const run = session.run(feeds)
  expect(feeds['values']?.data.length).toBe(0)
  await run
})
