// The agent's settings: read once from the environment, checked, explained; after this only the typed object travels.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { deviceIdSchema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

const CACHE = join(homedir(), '.cache', 'sam3_deepstream')
const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1')
/** What the MQTT client connects by; tcp and ssl are older names of mqtt and mqtts. */
const BROKER_PROTOCOL = /^(mqtts?|wss?|tcp|ssl)$/
const optional = z.string().min(1).optional()

export const edgeEnvSchema = z.object({
  FLEET_DEVICE_ID: deviceIdSchema
    .optional()
    .describe('Stable id of this device; made on the first start when absent'),
  FLEET_DEVICE_NAME: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Name that people see; the id when absent'),
  FLEET_DATA_DIR: optional.describe(
    'Folder of everything that this device keeps; ~/.cache/sam3_deepstream when absent',
  ),
  FLEET_MODEL_PACK: z.string().min(1).default(DEFAULT_PACK_DIR).describe('Folder of the model pack'),
  FLEET_DETECTOR_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Detector threads; one a core is best'),
  FLEET_PIPELINE: z
    .enum(['ffmpeg', 'gstreamer', 'deepstream'])
    .optional()
    .describe(
      "What reads video; absent: gstreamer where Jetson's decoder is, ffmpeg elsewhere; deepstream is gstreamer for now",
    ),
  FLEET_VIDEO_DECODE: z
    .enum(['auto', 'software'])
    .default('auto')
    .describe('auto decodes video by hardware where it is present'),
  FLEET_MQTT_URL: z
    .url({
      protocol: BROKER_PROTOCOL,
      hostname: /./,
      // The address may hold a password: it is not repeated.
      error: 'is not the address of a broker: mqtt, mqtts, ws or wss, then :// and a host',
    })
    .optional()
    .describe('Broker of the fleet, e.g. mqtts://centre:8883; absent: works alone'),
  FLEET_CENTRE_URL: z.url().optional().describe('The centre, for enrolment and uploads'),
  FLEET_ENROL_TOKEN: optional.describe('Single-use token that enrols this device'),
  FLEET_API_TOKEN: z.string().min(16).optional().describe('Token that callers of the REST API must bring'),
  FLEET_OUTBOX_HOLD_MB: z.coerce
    .number()
    .int()
    .min(1)
    .default(1024)
    .describe('Megabytes of entries to hold that the centre has, but not yet safe from a power cut'),
  FLEET_DISK_MAX_GB: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Most gigabytes that this device may keep; absent: until the floor of the disk'),
  FLEET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('How much is logged'),
  API_HOST: optional.describe(
    'Address that the REST API binds; 127.0.0.1 without FLEET_API_TOKEN, else 0.0.0.0',
  ),
  API_PORT: z.coerce.number().int().min(0).max(65535).default(8000).describe('Port of the REST API'),
  SAM3_DB_PATH: optional.describe(
    'File of the SQLite database; db/detections.db in FLEET_DATA_DIR when absent',
  ),
  SAM3_FAISS_INDEX: optional.describe(
    'File of the vector index; db/embeddings.index in FLEET_DATA_DIR when absent; it can always be built again',
  ),
  SAM3_USE_GPU_FAISS: flag.default(true).describe('Search on the GPU when there is one'),
  SAM3_CHECKPOINT: optional.describe('Path of the SAM3 checkpoint that engines are built from'),
  SAM3_ENCODER_ENGINE: optional.describe(
    'TensorRT plan of the image encoder; found beside the decoder when absent',
  ),
  SAM3_DECODER_ENGINE: optional.describe(
    'TensorRT plan of the prompt decoder, the other plans beside it; engines in FLEET_DATA_DIR when absent',
  ),
  FLEET_SAM3_RUNTIME: z
    .enum(['tensorrt', 'onnxruntime'])
    .default('tensorrt')
    .describe('What runs the SAM3 of a pack; onnxruntime, on the CPU, is for small models'),
  FLEET_TENSORRT_DIR: optional.describe(
    "Folder with TensorRT's libraries, when the system does not find them",
  ),
  HF_TOKEN: optional.describe('Token for model downloads from Hugging Face'),
})

export interface Sam3Config {
  runtime: 'tensorrt' | 'onnxruntime'
  encoderPath: string | null
  decoderPath: string | null
  /** Where plans lie when no decoder is named. */
  enginesDir: string
  libraryDir: string | undefined
}

export interface EdgeConfig {
  deviceId: string | null
  deviceName: string | null
  dataDir: string
  databasePath: string
  indexPath: string
  uploadsDir: string
  credentialsPath: string
  packDir: string
  detectorWorkers: number
  /** Null: what fits this machine. */
  pipeline: 'ffmpeg' | 'gstreamer' | 'deepstream' | null
  videoDecode: 'auto' | 'software'
  mqttUrl: string | null
  centreUrl: string | null
  enrolToken: string | null
  api: { host: string; port: number; token: string | null }
  holdMaxBytes: number
  diskMaxBytes: number | null
  wantsGpuIndex: boolean
  sam3: Sam3Config
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  warnings: string[]
}

/** @throws FleetError CONFIG_INVALID naming the setting and what it is for. */
export function readEdgeConfig(env: Readonly<Record<string, string | undefined>>): EdgeConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = edgeEnvSchema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0] ?? '') as keyof typeof edgeEnvSchema.shape
    throw new FleetError('CONFIG_INVALID', `${name}: ${issue?.message}`, {
      hint: `${name}: ${edgeEnvSchema.shape[name]?.description ?? 'see the documentation'}.`,
    })
  }
  const values = parsed.data
  const dataDir = values.FLEET_DATA_DIR ?? CACHE
  const token = values.FLEET_API_TOKEN ?? null
  const host = values.API_HOST ?? (token === null ? '127.0.0.1' : '0.0.0.0')
  const isOpen = token === null && !['127.0.0.1', '::1', 'localhost'].includes(host)
  if (isOpen) {
    throw new FleetError(
      'CONFIG_INVALID',
      `API_HOST ${host} without a token would open this device to everybody`,
      {
        hint: 'Set FLEET_API_TOKEN (16 characters or more), or leave API_HOST unset.',
      },
    )
  }
  return {
    deviceId: values.FLEET_DEVICE_ID ?? null,
    deviceName: values.FLEET_DEVICE_NAME ?? null,
    dataDir,
    databasePath: values.SAM3_DB_PATH ?? join(dataDir, 'db', 'detections.db'),
    indexPath: values.SAM3_FAISS_INDEX ?? join(dataDir, 'db', 'embeddings.index'),
    uploadsDir: join(dataDir, 'uploads'),
    credentialsPath: join(dataDir, 'credentials.json'),
    packDir: values.FLEET_MODEL_PACK,
    detectorWorkers: values.FLEET_DETECTOR_WORKERS,
    pipeline: values.FLEET_PIPELINE ?? null,
    videoDecode: values.FLEET_VIDEO_DECODE,
    mqttUrl: values.FLEET_MQTT_URL ?? null,
    centreUrl: values.FLEET_CENTRE_URL ?? null,
    enrolToken: values.FLEET_ENROL_TOKEN ?? null,
    api: { host, port: values.API_PORT, token },
    holdMaxBytes: values.FLEET_OUTBOX_HOLD_MB * 1024 * 1024,
    diskMaxBytes: values.FLEET_DISK_MAX_GB === undefined ? null : values.FLEET_DISK_MAX_GB * 1e9,
    wantsGpuIndex: values.SAM3_USE_GPU_FAISS,
    sam3: {
      runtime: values.FLEET_SAM3_RUNTIME,
      encoderPath: values.SAM3_ENCODER_ENGINE ?? null,
      decoderPath: values.SAM3_DECODER_ENGINE ?? null,
      enginesDir: join(dataDir, 'engines'),
      libraryDir: values.FLEET_TENSORRT_DIR,
    },
    logLevel: values.FLEET_LOG_LEVEL,
    warnings: token === null ? ['no FLEET_API_TOKEN is set: the REST API answers on this machine only'] : [],
  }
}
