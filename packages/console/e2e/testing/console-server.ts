// The built console as it is deployed: the standalone server in a process of its own, led to a given centre.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@sam3-fleet/test-kit/free-port'
import { spawnService } from '@sam3-fleet/test-kit/spawn-service'

const PACKAGE = join(import.meta.dirname, '..', '..')

export interface ConsoleServer extends AsyncDisposable {
  readonly url: string
}

export interface ConsoleServerOptions {
  centreUrl: string
  /** Where it listens; anything but loopback asks for a login. */
  hostname?: string
  adminToken?: string
}

export async function startConsole({
  centreUrl,
  hostname = '127.0.0.1',
  adminToken,
}: ConsoleServerOptions): Promise<ConsoleServer> {
  if (!existsSync(join(PACKAGE, '.next', 'standalone')))
    throw new Error('The console is not built; run: npm run build -w @sam3-fleet/console')
  const port = await freePort()
  const service = await spawnService({
    name: 'console',
    command: process.execPath,
    args: [join(PACKAGE, 'start.mjs')],
    env: {
      NODE_ENV: 'production',
      NODE_OPTIONS: '',
      PORT: String(port),
      HOSTNAME: hostname,
      FLEET_CENTRE_URL: centreUrl,
      FLEET_ADMIN_TOKEN: adminToken,
    },
    ready: /Ready in/,
  })
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
