// Where the centre is and how the console may be reached: read from the environment once, then trusted.
import { z } from 'zod'

const settingsSchema = z.object({
  FLEET_CENTRE_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4000'),
  /** Only used for people on this machine; others log in with a token of their own. */
  FLEET_ADMIN_TOKEN: z.string().min(1).optional(),
  /** What the server listens on; anything but loopback asks everybody to log in. */
  HOSTNAME: z.string().default(''),
})

export interface CentreSettings {
  centreUrl: string
  adminToken: string | null
  boundToLoopback: boolean
}

let settings: CentreSettings | null = null

/** @throws ZodError naming the variable that has no valid value. */
export function centreSettings(): CentreSettings {
  settings ??= readSettings(process.env)
  return settings
}

export function readSettings(env: Record<string, string | undefined>): CentreSettings {
  const parsed = settingsSchema.parse({
    FLEET_CENTRE_URL: env.FLEET_CENTRE_URL || undefined,
    FLEET_ADMIN_TOKEN: env.FLEET_ADMIN_TOKEN || undefined,
    HOSTNAME: env.HOSTNAME,
  })
  return {
    centreUrl: parsed.FLEET_CENTRE_URL.replace(/\/+$/, ''),
    adminToken: parsed.FLEET_ADMIN_TOKEN ?? null,
    boundToLoopback: isLoopbackName(parsed.HOSTNAME),
  }
}

/** Whether a host, with or without port and brackets, can only mean this machine. */
export function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
