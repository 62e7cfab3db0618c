// A real Mosquitto on a port of its own: with or without persistence, passwords, an ACL and any further setting.
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, isListening } from './free-port.ts'
import { createRestartable, type Restartable } from './restartable.ts'
import { runTool } from './run-tool.ts'
import { spawnService } from './spawn-service.ts'
import { createTempDir, unprivilegedOwner } from './temp-dir.ts'

/** Debian installs servers where an ordinary user's PATH does not look. */
const SBIN_PATH = '/usr/local/sbin:/usr/sbin:/sbin'

export interface MosquittoOptions {
  /** Keeps sessions, retained and queued messages over a restart; written at once, not each half hour. */
  persistence?: boolean
  /** Name to password. Without users anybody may connect. */
  users?: Record<string, string>
  /** Content of an ACL file, for example `pattern readwrite fleet/v1/%u/#`. */
  acl?: string
  /** Further lines of mosquitto.conf, such as `max_packet_size 300000`. */
  config?: readonly string[]
}

export interface MosquittoBroker extends Restartable {
  readonly port: number
  /** `mqtt://127.0.0.1:PORT`, the same after a restart. */
  readonly url: string
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<MosquittoBroker> {
  const port = await freePort()
  const owner = unprivilegedOwner()
  const dir = await createTempDir('mosquitto', owner)
  const configPath = join(dir.path, 'mosquitto.conf')
  const own = async (path: string): Promise<void> => {
    if (owner) await chown(path, owner.uid, owner.gid)
  }
  const env = { PATH: `${process.env['PATH'] ?? ''}:${SBIN_PATH}` }

  const lines = [`listener ${port} 127.0.0.1`, 'log_dest stderr', 'log_type all', ...(options.config ?? [])]
  if (options.persistence) {
    lines.push(
      'persistence true',
      `persistence_location ${dir.path}/`,

      'autosave_interval 1',
    )
  } else {
    lines.push('persistence false')
  }
  if (options.users) {
    const path = join(dir.path, 'passwords')
    await writeFile(path, '', { mode: 0o600 })
    for (const [name, password] of Object.entries(options.users)) {
      await runTool('mosquitto_passwd', ['-b', path, name, password], { env })
    }
    await own(path)
    lines.push('allow_anonymous false', `password_file ${path}`)
  } else {
    lines.push('allow_anonymous true')
  }
  if (options.acl !== undefined) {
    const path = join(dir.path, 'acl')
    await writeFile(path, `${options.acl}\n`, { mode: 0o600 })
    await own(path)
    lines.push(`acl_file ${path}`)
  }
  await writeFile(configPath, `${lines.join('\n')}\n`)
  await own(configPath)

  const broker = await createRestartable({
    start: () =>
      spawnService({
        name: 'mosquitto',
        command: 'mosquitto',
        args: ['-c', configPath],
        env,
        owner,
        ready: () => isListening(port),
      }),
    resources: [dir],
  })
  return Object.assign(broker, { port, url: `mqtt://127.0.0.1:${port}` })
}
