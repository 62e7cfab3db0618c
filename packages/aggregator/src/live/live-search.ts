// The question to devices that are behind, each answering for what the centre lacks: one counted answer per device.
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { CROP_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import type { ReplyResult } from '@sam3-fleet/shared/protocol/command'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import type { LiveOutcome } from '@sam3-fleet/shared/fleet/live-answer'
import { toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Queryable } from '../database/database.ts'
import type { DeviceRow } from '../store/list-device-rows.ts'
import { heldMedia, storeMedia } from '../store/media.ts'
import type { StoredSighting } from '../store/sighting-columns.ts'
import type { BodyOf, DeviceCommands } from './device-commands.ts'
import { outcomeOfFailure } from './live-outcome.ts'
import { webpSize } from './webp-size.ts'

/** The parts of a question that travel; a structural subset of search's own. */
export interface LiveQuestion {
  words: string | null
  interpretation: BodyOf<'search'>['interpretation']
  spaces: readonly { spaceId: string; vector: Float32Array }[]
}

export interface LiveRequest {
  tenantId: string
  question: LiveQuestion | null
  filters: SearchFilters
  limit: number
  timeoutMs: number
  signal: AbortSignal | undefined
}

export interface LiveAnswer {
  deviceId: string
  outcome: LiveOutcome
  /** The device has looked at everything that it saw up to here. */
  completeToMs: number | null
  found: { stored: StoredSighting; similarity: number | null }[]
}

export interface LiveSearch {
  /** Never rejects: a device that does not answer is an outcome. */
  ask(row: DeviceRow, request: LiveRequest): Promise<LiveAnswer>
}

export function createLiveSearch({ db, commands }: { db: Queryable; commands: DeviceCommands }): LiveSearch {
  async function answer(row: DeviceRow, request: LiveRequest): Promise<LiveAnswer> {
    const result = await commands.send<'search'>(row.device_id, bodyOf(row, request), {
      timeoutMs: request.timeoutMs,
      signal: request.signal,
    })
    const held = await keepCrops(row.device_id, request.tenantId, result)
    return {
      deviceId: row.device_id,
      outcome: 'answered',
      completeToMs: result.completeToMs,
      found: result.results.map(({ sighting, similarity }) => ({
        similarity,
        stored: {
          deviceId: row.device_id,
          deviceName: row.name,
          record: sighting,
          mediaReady: sighting.mediaSha256 !== null && held.has(sighting.mediaSha256),
        },
      })),
    }
  }

  /** Stores the crops that have their hash and are pictures; answers which of the results' crops are held now. */
  async function keepCrops(
    deviceId: string,
    tenantId: string,
    { results, crops }: ReplyResult<'search'>,
  ): Promise<Set<string>> {
    const named = new Set(results.flatMap(({ sighting }) => sighting.mediaSha256 ?? []))
    const held = await heldMedia(db, { tenantId, hashes: [...named] })
    for (const [sha256, base64] of Object.entries(crops)) {
      if (!named.has(sha256) || held.has(sha256)) continue
      const content = Buffer.from(base64, 'base64')
      const size = content.byteLength <= CROP_MAX_BYTES ? webpSize(content) : null
      if (!size || sha256Hex(content) !== sha256) continue
      await storeMedia(db, { tenantId, deviceId, sha256, contentType: 'image/webp', ...size, content })
      held.add(sha256)
    }
    return held
  }

  return {
    ask: (row, request) =>
      answer(row, request).catch((thrown: unknown) => ({
        deviceId: row.device_id,
        outcome: outcomeOfFailure(thrown),
        completeToMs: null,
        found: [],
      })),
  }
}

function bodyOf(row: DeviceRow, { question, filters, limit }: LiveRequest): BodyOf<'search'> {
  // The device knows which one it is; a long list of others would not fit a command.
  const { devices: _, ...own } = filters
  return {
    kind: 'search',
    q: question?.words ?? null,
    vectors: (question?.spaces ?? []).map(({ spaceId, vector }) => ({
      spaceId,
      f16: Buffer.from(toF16Bytes(vector)).toString('base64'),
    })),
    interpretation: question?.interpretation ?? null,
    filters: own,
    sinceSeq: row.hwm,
    epoch: row.current_epoch,
    limit,
  }
}
