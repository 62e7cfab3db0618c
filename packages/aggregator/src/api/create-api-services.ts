// Wires the reading half: database, device commands and text encoder in, what the procedures call out.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../database/database.ts'
import { createEnrolTokens } from '../fleet/enrol-tokens.ts'
import type { Revocation } from '../fleet/revocation.ts'
import type { DeviceCommands } from '../live/device-commands.ts'
import { createFleetSnapshots } from '../live/fleet-snapshots.ts'
import { createLiveSearch } from '../live/live-search.ts'
import { createMqttDeviceActions } from '../live/mqtt-device-actions.ts'
import type { TransferRates } from '../live/transfer-rates.ts'
import { createExactVectorSearch } from '../search/exact-vector-search.ts'
import type { FleetUnderstanding } from '../search/fleet-understanding.ts'
import { createFleetSearch } from '../search/find.ts'
import type { PictureEncoder } from '../search/understand-question.ts'
import type { ApiServices } from './api-services.ts'
import { createFleetReader } from './readers/fleet-reader.ts'
import { createObjectsReader } from './readers/objects-reader.ts'
import { createSightingReader } from './readers/sighting-reader.ts'
import { createSpacesReader } from './readers/spaces-reader.ts'
import { createSyncReader } from './readers/sync-reader.ts'

export interface ApiServicesDeps {
  database: Database
  clock: Clock
  /** Must be given every `up/reply` message. */
  commands: DeviceCommands
  /** Must be given every status message. */
  rates: TransferRates
  /** Null: no text encoder; words are then looked for as they are written. */
  text: FleetUnderstanding | null
  picture: PictureEncoder | null
  revocation: Revocation
}

export function createApiServices({
  database,
  clock,
  commands,
  rates,
  text,
  picture,
  revocation,
}: ApiServicesDeps): ApiServices {
  const snapshots = createFleetSnapshots(database, clock)
  const askable = {
    text: new Set(text ? [text.spaceId] : []),
    image: new Set(picture ? [picture.spaceId] : []),
  }
  return {
    search: createFleetSearch({
      db: database,
      clock,
      vectors: createExactVectorSearch(database),
      live: createLiveSearch({ db: database, commands }),
      text,
      picture,
    }),
    sightings: createSightingReader(database),
    fleet: createFleetReader({ db: database, clock, snapshots, rates }),
    sync: createSyncReader({ db: database, clock, durability: database.durability, snapshots, rates }),
    devices: createMqttDeviceActions({ db: database, clock, commands }),
    objects: createObjectsReader(database),
    spaces: createSpacesReader(database, askable),
    revocation,
    enrolTokens: createEnrolTokens({ database, clock }),
  }
}
