// Contract: what only a device can do or tell. The tenant comes first; the device must belong to it.
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
import type { SplitInput, SplitOutput } from '@sam3-fleet/shared/fleet/sighting-split'

/** What only the device itself can answer. All throw UNAVAILABLE (offline) and DEADLINE_EXCEEDED. */
export interface DeviceActions {
  preview(tenantId: string, input: PreviewInput, signal?: AbortSignal): Promise<DeviceImage>
  frame(tenantId: string, input: FrameInput, signal?: AbortSignal): Promise<DeviceImage>
  splitSighting(tenantId: string, input: SplitInput, signal?: AbortSignal): Promise<SplitOutput>
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
