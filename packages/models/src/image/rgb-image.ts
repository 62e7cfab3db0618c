// Raw pictures between stages: packed RGB24 rows, no padding; the buffer is owned by whoever holds it last.

/** `data.length === width * height * 3`, rows top to bottom, RGB. */
export interface RgbImage {
  data: Uint8Array
  width: number
  height: number
}

/** How a picture was fitted into a detector's input: scaled by `scale`, then placed at (padX, padY). */
export interface Letterbox {
  scale: number
  padX: number
  padY: number
}

/** What a detector needs from capture: the picture itself and the same picture fitted to the input size. */
export interface DetectorFrame {
  image: RgbImage
  input: RgbImage
  letterbox: Letterbox
}

/** What a detector's input may be: as large as this at most, each side a multiple; grey value of the padding in 0..255. */
export interface DetectorInputSize {
  width: number
  height: number
  /** Largest stride of the model: a picture of another shape than the largest input costs no more than it needs. */
  multipleOf: number
  padValue: number
}

/**
 * Fits (width, height) into the input size keeping the aspect ratio, centred in the smallest input that holds it; the
 * one place that defines it.
 */
export function letterboxFor(
  width: number,
  height: number,
  input: DetectorInputSize,
): Letterbox & { scaledWidth: number; scaledHeight: number; inputWidth: number; inputHeight: number } {
  const scale = Math.min(input.width / width, input.height / height)
  const scaledWidth = Math.max(2, Math.round(width * scale))
  const scaledHeight = Math.max(2, Math.round(height * scale))
  const inputWidth = roundUp(scaledWidth, input.multipleOf)
  const inputHeight = roundUp(scaledHeight, input.multipleOf)
  return {
    scale,
    scaledWidth,
    scaledHeight,
    inputWidth,
    inputHeight,
    padX: Math.floor((inputWidth - scaledWidth) / 2),
    padY: Math.floor((inputHeight - scaledHeight) / 2),
  }
}

function roundUp(value: number, multipleOf: number): number {
  return Math.ceil(value / multipleOf) * multipleOf
}
