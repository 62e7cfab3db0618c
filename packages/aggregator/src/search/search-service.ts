// Contract: questions to the fleet, answered at once or as devices reply.
import type { FindInput, FindOutput, StreamEvent } from '@sam3-fleet/shared/search/find'

export interface SearchService {
  /** Asks the centre's copy, and devices that are behind and online, and waits for both. */
  find(tenantId: string, input: FindInput, signal?: AbortSignal): Promise<FindOutput>
  /** The same question; yields the centre's own answer first, then the merged answer as each device replies. */
  stream(tenantId: string, input: FindInput, signal?: AbortSignal): AsyncGenerator<StreamEvent, void, void>
}
