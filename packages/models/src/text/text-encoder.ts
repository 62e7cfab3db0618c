// Contract: sentences in, unit vectors of one embedding space out.
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'

export interface TextEncoder extends AsyncDisposable {
  readonly space: EmbeddingSpace
  /**
   * One L2-normalised f32 vector per sentence, in order. Results are cached by sentence.
   * @throws FleetError CANCELLED when `signal` fires first.
   */
  encode(sentences: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>
}
