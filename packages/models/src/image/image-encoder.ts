// Contract: pictures in, unit vectors of one embedding space out (CLIP and SigLIP style packs).
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { RgbImage } from './rgb-image.ts'

export interface ImageEncoder extends AsyncDisposable {
  readonly space: EmbeddingSpace
  /** One L2-normalised f32 vector for the picture (the whole of it; cut crops first). */
  encode(image: RgbImage, signal?: AbortSignal): Promise<Float32Array>
}
