// What the API needs from the rest of the centre, as the procedures call it. The tenant always comes first.
import type { DeviceImage, FrameInput, PreviewInput } from '@sam3-fleet/shared/fleet/device-preview'
import type {
  DeviceJob,
  JobsCancelInput,
  JobsCreateInput,
  JobsListInput,
  JobsListOutput,
} from '@sam3-fleet/shared/fleet/device-jobs'
import type {
  SourcesListOutput,
  SourcesRemoveInput,
  SourcesRemoveOutput,
  SourcesUpsertInput,
  SourcesUpsertOutput,
} from '@sam3-fleet/shared/fleet/device-sources'
import type { DeviceDetail, DevicesListInput, DevicesListOutput } from '@sam3-fleet/shared/fleet/device-view'
import type {
  QuarantineInput,
  QuarantineOutput,
  SyncStatus,
  SyncStatusInput,
} from '@sam3-fleet/shared/fleet/sync-view'
import type { FindInput, FindOutput, StreamEvent } from '@sam3-fleet/shared/search/find'
import type {
  SummaryInput,
  SummaryOutput,
  TimelineInput,
  TimelineOutput,
} from '@sam3-fleet/shared/search/objects-summary'
import type { SightingDetail, SightingRef } from '@sam3-fleet/shared/search/sighting-detail'
import type { SpacesListOutput } from '@sam3-fleet/shared/search/space-view'

export interface SearchService {
  /** Asks the centre's copy, and devices that are behind and online, and waits for both. */
  find(tenantId: string, input: FindInput, signal?: AbortSignal): Promise<FindOutput>
  /** The same question; yields the centre's own answer first, then the merged answer as each device replies. */
  stream(tenantId: string, input: FindInput, signal?: AbortSignal): AsyncGenerator<StreamEvent, void, void>
}

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

/** What only the device itself can answer. All throw UNAVAILABLE (offline) and DEADLINE_EXCEEDED. */
export interface DeviceActions {
  preview(tenantId: string, input: PreviewInput, signal?: AbortSignal): Promise<DeviceImage>
  frame(tenantId: string, input: FrameInput, signal?: AbortSignal): Promise<DeviceImage>
  createJob(tenantId: string, input: JobsCreateInput, signal?: AbortSignal): Promise<DeviceJob>
  listJobs(tenantId: string, input: JobsListInput, signal?: AbortSignal): Promise<JobsListOutput>
  cancelJob(tenantId: string, input: JobsCancelInput, signal?: AbortSignal): Promise<DeviceJob>
  listSources(tenantId: string, deviceId: string, signal?: AbortSignal): Promise<SourcesListOutput>
  upsertSource(
    tenantId: string,
    input: SourcesUpsertInput,
    signal?: AbortSignal,
  ): Promise<SourcesUpsertOutput>
  removeSource(
    tenantId: string,
    input: SourcesRemoveInput,
    signal?: AbortSignal,
  ): Promise<SourcesRemoveOutput>
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
}
