// How a stream is decoded: by the hardware that is there, in order of preference, and by software in the end. Frames
// come down to memory either way, so that everything after this is the same.
import { readdirSync } from 'node:fs'
import { Decoder, HardwareContext, type Stream } from 'node-av'
import { AV_HWDEVICE_TYPE_CUDA, AV_HWDEVICE_TYPE_VAAPI, AV_PIX_FMT_NV12 } from 'node-av/constants'

/** FFmpeg's names of what decodes; `software` is always there. */
export const DECODE_PATHS = ['cuda', 'vaapi', 'software'] as const
export type DecodePath = (typeof DECODE_PATHS)[number]

const DEVICE_TYPES = { cuda: AV_HWDEVICE_TYPE_CUDA, vaapi: AV_HWDEVICE_TYPE_VAAPI } as const

/** `auto`: hardware where it is present. */
export type DecodePreference = 'auto' | 'software'

/** Paths worth trying here, best first. Looks at device nodes only: opening a driver that is not there takes long. */
export function decodePaths(
  preference: DecodePreference,
  devices: (folder: string) => readonly string[] = listOf,
): DecodePath[] {
  if (preference === 'software') return ['software']
  const hasNvidia = devices('/dev').some((name) => /^nvidia\d+$/.test(name))
  const hasRenderNode = devices('/dev/dri').some((name) => name.startsWith('renderD'))
  return [
    ...(hasNvidia ? (['cuda'] as const) : []),
    ...(hasRenderNode ? (['vaapi'] as const) : []),
    'software',
  ]
}

export interface OpenedDecoder extends Disposable {
  decoder: Decoder
}

/** @throws what node-av throws when this path does not decode this stream. */
export async function openDecoder(stream: Stream, path: DecodePath): Promise<OpenedDecoder> {
  if (path === 'software') {
    const decoder = await Decoder.create(stream)
    return { decoder, [Symbol.dispose]: () => decoder.close() }
  }
  const hardware = HardwareContext.create(DEVICE_TYPES[path])
  if (!hardware) throw new Error(`${path} cannot be opened`)
  try {
    // What hardware decodes to: the download needs no second pass over the pixels.
    const decoder = await Decoder.create(stream, { hardware, rescale: { pixelFormat: AV_PIX_FMT_NV12 } })
    if (!decoder.isHardware()) throw new Error(`${path} does not decode this stream`)
    return {
      decoder,
      [Symbol.dispose]() {
        decoder.close()
        hardware.dispose()
      },
    }
  } catch (error) {
    hardware.dispose()
    throw error
  }
}

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
