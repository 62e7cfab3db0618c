// One decoded frame in, two pictures out: the working picture and the same fitted to the detector's input, both scaled
// by FFmpeg's filters (several times cheaper than any other way) after the recording's own rotation.
import { FilterAPI, type Frame } from 'node-av'
import { AV_FRAME_DATA_DISPLAYMATRIX } from 'node-av/constants'
import {
  letterboxFor,
  type DetectorFrame,
  type DetectorInputSize,
  type RgbImage,
} from '@sam3-fleet/models/image/rgb-image'
import { workingSize } from './working-size.ts'

const TURNS: Record<number, string> = {
  90: 'transpose=clock,',
  180: 'hflip,vflip,',
  270: 'transpose=cclock,',
}

export interface Fitter extends Disposable {
  readonly width: number
  readonly height: number
  fit(frame: Frame): DetectorFrame
}

/** For all frames that look like this first one. */
export function createFitter(first: Frame, input: DetectorInputSize): Fitter {
  const rotation = rotationOf(first)
  const turned = rotation === 90 || rotation === 270
  const [width, height] = turned ? [first.height, first.width] : [first.width, first.height]
  const working = workingSize(width, height)
  const fitted = letterboxFor(working.width, working.height, input)
  const turn = TURNS[rotation] ?? ''
  const grey = `0x${input.padValue.toString(16).padStart(2, '0').repeat(3)}`
  const toWorking = FilterAPI.create(
    `${turn}scale=${working.width}:${working.height}:flags=bilinear,format=rgb24`,
  )
  const toInput = FilterAPI.create(
    `scale=${fitted.scaledWidth}:${fitted.scaledHeight}:flags=bilinear,pad=${fitted.inputWidth}:${fitted.inputHeight}:${fitted.padX}:${fitted.padY}:color=${grey},format=rgb24`,
  )

  function run(
    filter: FilterAPI,
    frame: Frame,
    size: { width: number; height: number },
  ): { image: RgbImage; filtered: Frame } {
    const [filtered] = filter.processAllSync(frame)
    if (!filtered) throw new Error('the scaling filter gave no picture')
    return { image: { data: ownBytes(filtered.toBuffer()), ...size }, filtered }
  }

  return {
    width,
    height,
    fit(frame) {
      const { image, filtered } = run(toWorking, frame, working)
      const { image: fittedImage, filtered: done } = run(toInput, filtered, {
        width: fitted.inputWidth,
        height: fitted.inputHeight,
      })
      filtered.free()
      done.free()
      return {
        image,
        input: fittedImage,
        letterbox: { scale: fitted.scale, padX: fitted.padX, padY: fitted.padY },
      }
    },
    [Symbol.dispose]() {
      toWorking.close()
      toInput.close()
    },
  }
}

/** node-av copies a frame's rows into a buffer of its own, which can cross threads as it is; a part of one could not. */
function ownBytes(copied: Buffer): Uint8Array {
  const { buffer, byteOffset, byteLength } = copied
  return byteOffset === 0 && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(copied)
}

function rotationOf(frame: Frame): number {
  return rotationOfMatrix(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX))
}

/** Degrees clockwise by which a viewer turns the picture: 0, 90, 180 or 270, from FFmpeg's display matrix. */
export function rotationOfMatrix(matrix: Buffer | null): number {
  if (!matrix || matrix.byteLength < 36) return 0
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI
  return (Math.round(degrees / 90) * 90 + 360) % 360
}
