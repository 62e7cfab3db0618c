// What this machine can do with TensorRT, for /health, the installer and a person: one sentence and the facts behind it.
import { loadAddon, type NativeAddon, type NativeDevice } from './native-addon.ts'
import { toTrtError } from './trt-error.ts'

export interface Probe {
  /** Engines run here. */
  canRun: boolean
  /** Engines can be built here from ONNX. */
  canBuild: boolean
  /** One sentence: what there is, or what is missing and what to do. */
  sentence: string
  /** Version of TensorRT, when it is there. */
  tensorrt: string | undefined
  devices: readonly NativeDevice[]
}

export interface ProbeOptions {
  /** Folder with TensorRT's libraries, when the system's loader does not find them. */
  libraryDir?: string | undefined
  addonPath?: string | undefined
}

/** Never rejects: a machine without GPU, driver, TensorRT or compiled addon is an answer too. */
export async function probe(options: ProbeOptions = {}): Promise<Probe> {
  let addon: NativeAddon
  try {
    addon = loadAddon(options.addonPath)
  } catch (thrown) {
    const { message, hint } = toTrtError(thrown)
    return nothing(`${upperFirst(message)}: ${hint}.`)
  }
  const found = await addon.probe(options.libraryDir === undefined ? {} : { libraryDir: options.libraryDir })
  const canRun = found.missing.length === 0
  const canBuild = canRun && found.parserMissing === ''
  const [device] = found.devices
  const missing = found.missing.map(({ message }) => message).join(', and ')
  const hints = found.missing.map(({ hint }) => hint).join('; ')
  return {
    canRun,
    canBuild,
    sentence: canRun
      ? `TensorRT ${found.tensorrt} on ${device?.name ?? 'the GPU'} is ready${canBuild ? '' : `, but only to run engines: ${found.parserMissing}`}.`
      : `${upperFirst(missing)}: ${hints}.`,
    tensorrt: found.tensorrt === '' ? undefined : found.tensorrt,
    devices: found.devices,
  }
}

function nothing(sentence: string): Probe {
  return { canRun: false, canBuild: false, sentence, tensorrt: undefined, devices: [] }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
