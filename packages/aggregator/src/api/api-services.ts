// What the API needs from the rest of the centre, as the procedures call it. The tenant always comes first.
import type { DeviceDetail, DevicesListInput, DevicesListOutput } from '@sam3-fleet/shared/fleet/device-view'
import type {
  QuarantineInput,
  QuarantineOutput,
  SyncStatus,
  SyncStatusInput,
} from '@sam3-fleet/shared/fleet/sync-view'
import type {
  SummaryInput,
  SummaryOutput,
  TimelineInput,
  TimelineOutput,
} from '@sam3-fleet/shared/search/objects-summary'
import type { SightingDetail, SightingRef } from '@sam3-fleet/shared/search/sighting-detail'
import type { SpacesListOutput } from '@sam3-fleet/shared/search/space-view'
import type { EnrolTokens } from '../fleet/enrol-tokens.ts'
import type { Revocation } from '../fleet/revocation.ts'
import type { DeviceActions } from '../live/device-actions.ts'
import type { SearchService } from '../search/search-service.ts'

export interface SightingReader {
  /** @throws FleetError NOT_FOUND. */
  byId(tenantId: string, ref: SightingRef): Promise<SightingDetail>
}

export interface FleetReader {
  list(tenantId: string, input: DevicesListInput): Promise<DevicesListOutput>
  /** @throws FleetError NOT_FOUND. */
  byId(tenantId: string, deviceId: string): Promise<DeviceDetail>
}

export interface SyncReader {
  status(tenantId: string, input: SyncStatusInput): Promise<SyncStatus>
  /** Yields at once, then on every change and at least every two seconds, until `signal` fires. */
  watch(
    tenantId: string,
    input: SyncStatusInput,
    signal?: AbortSignal,
  ): AsyncGenerator<SyncStatus, void, void>
  quarantine(tenantId: string, input: QuarantineInput): Promise<QuarantineOutput>
}

export interface ObjectsReader {
  summary(tenantId: string, input: SummaryInput): Promise<SummaryOutput>
  timeline(tenantId: string, input: TimelineInput): Promise<TimelineOutput>
}

export interface SpacesReader {
  list(tenantId: string): Promise<SpacesListOutput>
}

export interface ApiServices {
  search: SearchService
  sightings: SightingReader
  fleet: FleetReader
  sync: SyncReader
  devices: DeviceActions
  objects: ObjectsReader
  spaces: SpacesReader
  revocation: Revocation
  enrolTokens: EnrolTokens
}
