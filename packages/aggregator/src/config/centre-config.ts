// The centre's settings: read once from the environment, checked, explained. Closed by default: whatever listens beyond
// this machine demands a token.
import { resolve } from 'node:path'
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])
const optional = z.string().min(1).optional()
const port = z.coerce.number().int().min(0).max(65_535)

export const centreEnvSchema = z.object({
  DATABASE_URL: optional.describe('PostgreSQL with pgvector; absent: PGlite in FLEET_DATA_DIR'),
  FLEET_DATA_DIR: z
    .string()
    .min(1)
    .default('.data/centre')
    .describe('Folder of the embedded database and of uploads'),
  FLEET_MQTT_URL: optional.describe(
    'Broker of your own, with its user and password; absent: one inside the centre',
  ),
  FLEET_MQTT_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the embedded broker binds'),
  FLEET_MQTT_PORT: port.default(1883).describe('Port of the embedded broker'),
  FLEET_MQTT_PUBLIC_URL: optional.describe(
    'Address of the broker as devices reach it; told to them when they enrol',
  ),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address that the API binds'),
  PORT: port.default(4000).describe('Port of the API'),
  FLEET_ADMIN_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Token for the API and the console, 16 characters or more'),
  FLEET_ENROL: z
    .enum(['open', 'required'])
    .optional()
    .describe('Whether devices must enrol; open is for one machine only'),
  FLEET_MODEL_PACK: optional.describe('Folder of the pack whose text encoder questions go through'),
  FLEET_UPLOAD_MAX_MB: z.coerce
    .number()
    .int()
    .min(1)
    .default(8_000)
    .describe('Most that one upload may weigh'),
  FLEET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('How much is logged'),
})

export interface CentreConfig {
  databaseUrl: string | null
  databaseDir: string
  uploadsDir: string
  uploadMaxBytes: number
  outsideBrokerUrl: string | null
  broker: { host: string; port: number; publicUrl: string | null }
  api: { host: string; port: number }
  adminToken: string | null
  enrolment: 'open' | 'required'
  packDir: string | null
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** @throws FleetError CONFIG_INVALID naming the setting and what to do. */
export function readCentreConfig(env: Readonly<Record<string, string | undefined>>): CentreConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = centreEnvSchema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0] ?? '') as keyof typeof centreEnvSchema.shape
    throw new FleetError('CONFIG_INVALID', `${name}: ${issue?.message}`, {
      hint: `${name}: ${centreEnvSchema.shape[name]?.description ?? 'see the documentation'}.`,
    })
  }
  const values = parsed.data
  const opened = [values.HOST, values.FLEET_MQTT_HOST].find((host) => !LOOPBACK.has(host))
  if (opened !== undefined && values.FLEET_ADMIN_TOKEN === undefined) {
    throw new FleetError('CONFIG_INVALID', `${opened} would open the centre to everybody who reaches it`, {
      hint: 'Set FLEET_ADMIN_TOKEN (16 characters or more), or leave HOST and FLEET_MQTT_HOST at 127.0.0.1.',
    })
  }
  if (opened !== undefined && values.FLEET_ENROL === 'open') {
    throw new FleetError('CONFIG_INVALID', 'FLEET_ENROL=open is for one machine only', {
      hint: 'Leave FLEET_ENROL unset; devices enrol with a token.',
    })
  }
  const dataDir = resolve(values.FLEET_DATA_DIR)
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    databaseDir: resolve(dataDir, 'database'),
    uploadsDir: resolve(dataDir, 'uploads'),
    uploadMaxBytes: values.FLEET_UPLOAD_MAX_MB * 1e6,
    outsideBrokerUrl: values.FLEET_MQTT_URL ?? null,
    broker: {
      host: values.FLEET_MQTT_HOST,
      port: values.FLEET_MQTT_PORT,
      publicUrl: values.FLEET_MQTT_PUBLIC_URL ?? null,
    },
    api: { host: values.HOST, port: values.PORT },
    adminToken: values.FLEET_ADMIN_TOKEN ?? null,
    enrolment: values.FLEET_ENROL ?? (opened === undefined ? 'open' : 'required'),
    packDir: values.FLEET_MODEL_PACK ?? null,
    logLevel: values.FLEET_LOG_LEVEL,
  }
}
