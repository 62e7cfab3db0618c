import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createCropEviction } from './sqlite-crop-eviction.ts'
import { addVideo, makeCommit, makeVersion, openTestStore, TEST_DEVICE } from './testing/test-store.ts'

test('only crops that the centre has safely are deleted; their sightings stay', async () => {
  await using dir = await createTempDir('eviction')
  using store = openTestStore(join(dir.path, 'a.db'))
  const evict = createCropEviction(store.db)
  const ids = addVideo(store)
  const versions = ['red car', 'blue bus', 'green tram'].map((look) => makeVersion(ids, look))
  store.pipeline.commit(makeCommit(ids, { sightings: versions }))
  const isKept = (): boolean[] => versions.map(({ crop }) => store.readers.media(crop?.sha256 ?? '') !== null)
  // Entries 2 to 7: a sighting and its crop in turn.
  const ack = (durability: 'process_safe' | 'power_safe', hwm: number): void =>
    store.outbox.applyAck({
      v: 1,
      deviceId: TEST_DEVICE,
      epoch: store.outbox.position().epoch,
      lease: 1,
      incarnation: '0193b8d0-0000-4000-8000-00000000000a',
      batchId: null,
      hwm,
      ranges: [],
      rejects: [],
      needVectors: [],
      needBlobs: [],
      durability,
      creditBytes: 1e6,
    })

  expect([evict(), isKept()]).toEqual([0, [true, true, true]])
  ack('process_safe', 7)
  expect([evict(), isKept()]).toEqual([0, [true, true, true]])
  ack('power_safe', 5)
  expect(evict()).toBe(
    (versions[0]?.crop?.bytes.byteLength ?? 0) + (versions[1]?.crop?.bytes.byteLength ?? 0),
  )
  expect(isKept()).toEqual([false, false, true])
  store.outbox.purge(1e9)
  expect([evict(), isKept()]).toEqual([0, [false, false, true]])
  expect(store.readers.totals().sightings).toBe(3)
})
