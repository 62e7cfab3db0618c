import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionOf, readJoins } from '@sam3-fleet/edge-agent/regroup/testing/read-joins'
import {
  JOINED_SCENE,
  record,
  recordedScene,
  regroupingOf,
} from '@sam3-fleet/edge-agent/regroup/testing/recorded-scene'
import {
  openTestStore,
  TEST_DEVICE,
  TEST_SPACE,
  type TestStore,
} from '@sam3-fleet/edge-agent/store/testing/test-store'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import { encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { emptyDatabase } from '../testing/empty-database.ts'
import { openTestPglite } from '../testing/test-pglite.ts'
import { BatchDevice } from './testing/device-batches.ts'
import { startIngestCentre, type IngestCentre } from './testing/ingest-centre.ts'

const RUNS = 6
/** Few in a batch, so that one decision comes in several. */
const ENTRIES_IN_A_BATCH = 3
const RADII = [0, 6, 1]

/** Sends all that the centre has not acked, and sees it acked. */
async function sync(centre: IngestCentre, store: TestStore): Promise<void> {
  const { epoch } = store.outbox.position()
  const device = new BatchDevice(TEST_DEVICE, TEST_SPACE)
  device.epoch = epoch
  const welcome = await centre.greet(device, { maxSeq: store.outbox.position().maxSeq })
  for (const lane of ['things', 'media'] as const) {
    // An ack names few ranges above the mark: what lies behind more gaps is acked when the other lane has filled them.
    for (let afterSeq = 0; ;) {
      const limits = { maxBytes: 200_000, maxEntries: ENTRIES_IN_A_BATCH, vectorsUnderWay: new Set<string>() }
      const batch = store.outbox.read({ lane, afterSeq, ...limits })
      const last = batch?.entries.at(-1)
      if (!batch || !last) break
      afterSeq = last.seq
      const batchId = randomUUID()
      const envelope = { v: 1, deviceId: TEST_DEVICE, epoch, lease: welcome.lease, batchId }
      centre.ingest.onBatch(TEST_DEVICE, Buffer.from(encodeBatch(envelope, batch, nodeBinaryTools)))
      const ack = await centre.ackOf(batchId)
      expect([ack.rejects, ack.needVectors]).toEqual([[], []])
      store.outbox.applyAck(ack)
    }
  }
  expect(store.outbox.backlog().entries).toBe(0)
}

test(
  'a centre that is told of it knows what the device knows, after every split and regroup',
  { timeout: 300_000 },
  async () => {
    await using dir = await createTempDir('follow-joins')
    await using database = await openTestPglite()
    let files = 0
    await fc.assert(
      fc.asyncProperty(recordedScene, async (scene) => {
        await emptyDatabase(database)
        const centre = await startIngestCentre(database)
        using store = openTestStore(join(dir.path, `${files++}.db`))
        const expectFollowed = async (): Promise<void> => {
          await sync(centre, store)
          const known = await database.query<Record<string, unknown>>(
            `SELECT id, version::int, state, label, description, count::int, track_count AS "trackCount",
               detection_id::int AS "detectionId", first_seen::bigint AS "firstSeenMs", last_seen::bigint AS "lastSeenMs",
               encode(vector_hash, 'hex') AS "vectorHash", encode(media_sha256, 'hex') AS "mediaSha256"
             FROM sightings WHERE deleted_at IS NULL ORDER BY id`,
          )
          const { sightings } = readJoins(store.db)
          expect(known).toHaveLength(sightings.length)
          for (const [at, row] of known.entries()) {
            const numbers = { firstSeenMs: Number(row['firstSeenMs']), lastSeenMs: Number(row['lastSeenMs']) }
            expect(sightings[at]).toMatchObject({ ...row, ...numbers })
          }
        }
        const { sourceId } = await record(store, {
          ...scene,
          actors: [...scene.actors, ...JOINED_SCENE.actors],
        })
        await expectFollowed()
        const recorded = readJoins(store.db)
        const joined = recorded.sightings.find(({ trackCount }) => trackCount > 1)
        if (joined) await regroupingOf(store).split(joined.id, null)
        await expectFollowed()
        for (const radius of RADII) {
          await regroupingOf(store).regroup(sourceId, radius)
          await expectFollowed()
        }
        expect(partitionOf(readJoins(store.db))).toEqual(partitionOf(recorded))
        await centre.finish()
      }),
      { numRuns: RUNS },
    )
  },
)
