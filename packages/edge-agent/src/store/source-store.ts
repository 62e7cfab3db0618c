// Contract: sources as people configure them; each change is a new version and an outbox entry.
import type { SourceRecord, SourceState } from '@sam3-fleet/shared/domain/source'
import type { SourceInput } from '@sam3-fleet/shared/protocol/command'

/** A source with the URI as it was given; never leaves the process. */
export interface StoredSource {
  record: SourceRecord
  secretUri: string
}

export interface SourceStore {
  sources(): StoredSource[]
  source(id: string): StoredSource | null
  /** Adds (no id) or changes a source. @throws FleetError NOT_FOUND for an unknown id. */
  upsertSource(input: SourceInput, kind: SourceRecord['kind']): StoredSource
  /** @returns false when there was none. Sightings stay; the source is tombstoned. */
  removeSource(id: string): boolean
  /** Writes a new version only when state or detail really change. */
  setSourceState(id: string, state: SourceState, stateDetail: string): void
}
