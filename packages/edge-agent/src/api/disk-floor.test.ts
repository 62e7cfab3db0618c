import { expect, test } from 'vitest'
import { formOfBytes, startTestAgent } from '../testing/test-agent.ts'

test('a device that is full says so everywhere and takes no video in, but still answers', async () => {
  await using agent = await startTestAgent({ FLEET_DISK_MAX_GB: '0.00001' })
  await expect
    .poll(async () => (await agent.ask('/health')).body)
    .toMatchObject({
      status: 'paused',
      disk_paused: true,
    })
  const { body: stats } = await agent.ask<{ warnings: string[] }>('/stats')
  expect(stats.warnings).toContainEqual(expect.stringContaining('detection is paused'))
  const refused = await agent.ask<{ error: { code: string } }>(
    '/api/v1/detect',
    formOfBytes('file', 'x', 'a.mp4'),
  )
  expect([refused.status, refused.body.error.code]).toEqual([507, 'DISK_FULL'])
  expect((await agent.ask('/api/v1/search?q=car')).status).toBe(200)
})
