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

/** The size that a detector wants its input fitted to; grey value of the padding in 0..255. */
export interface DetectorInputSize {
  width: number
  height: number
  padValue: number
}

/** Fits (width, height) into the input size keeping the aspect ratio, centred; the one place that defines it. */
export function letterboxFor(
  width: number,
  height: number,
  input: DetectorInputSize,
): Letterbox & { scaledWidth: number; scaledHeight: number } {
  const scale = Math.min(input.width / width, input.height / height)
  const scaledWidth = Math.max(2, Math.round(width * scale))
  const scaledHeight = Math.max(2, Math.round(height * scale))
  return {
    scale,
    scaledWidth,
    scaledHeight,
    padX: Math.floor((input.width - scaledWidth) / 2),
    padY: Math.floor((input.height - scaledHeight) / 2),
  }
}
