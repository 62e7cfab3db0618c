// Containers of one stack, run by buildah without a daemon: started as their images say, watched, and asked by the commands of
// their own health checks. /etc/hosts leads every service's name to this network's loopback.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const SCRATCH = process.env['SCRATCH'] ?? ''
export const SERVICES = ['postgres', 'mosquitto', 'aggregator', 'console', 'agent', 'prometheus'] as const
export type Service = (typeof SERVICES)[number]
/** Milliseconds between two tries of what is waited for. */
const AGAIN_MS = 500
/** Milliseconds that processes have to end before they are ended. */
const GRACE_MS = 2_000
/** Lines of a log that a failure shows. */
const LOG_LINES = 20

export interface Container {
  id: string
  root: string
  child: ChildProcess
}

interface ImageConfig {
  Cmd: string[] | null
  Env: string[]
  User: string
  Healthcheck?: { Test: string[] }
}

export const containers = new Map<Service, Container>()
const startedMs = performance.now()
export const say = (text: string): void =>
  void process.stdout.write(
    `${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${text}\n`,
  )
export const buildah = (...options: string[]): string =>
  execFileSync('buildah', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

export function imageConfig(image: string): ImageConfig {
  const { Docker } = JSON.parse(buildah('inspect', '--type', 'image', image)) as {
    Docker: { config: ImageConfig }
  }
  return Docker.config
}

interface StartOptions {
  image: string
  /** Those of the image when absent. */
  command?: string[]
  user?: string
  env?: Record<string, string>
  /** Host folder or file to its place, with `:ro` where nothing may be changed. */
  volumes: string[]
}

export function start(service: Service, options: StartOptions): void {
  const config = imageConfig(options.image)
  const hosts = SERVICES.flatMap((name) => ['--add-host', `${name}:127.0.0.1`])
  const id = buildah('from', '--name', `stack-${service}`, ...hosts, options.image)
  const root = buildah('mount', id)
  writeFileSync(join(SCRATCH, `${service}.started`), '')
  const log = openSync(join(SCRATCH, `${service}.log`), 'w')
  const child = spawn(
    'buildah',
    [
      'run',
      '--user',
      options.user ?? config.User,
      ...Object.entries(options.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...options.volumes.flatMap((volume) => ['--volume', volume]),
      '--volume',
      `${folderFor(`${service}-tmp`, 0o1777)}:/tmp`,
      id,
      '--',
      ...(options.command ?? config.Cmd ?? []),
    ],
    { stdio: ['ignore', log, log] },
  )
  containers.set(service, { id, root, child })
}

export function folderFor(name: string, mode = 0o700, owner = 0): string {
  const path = join(SCRATCH, name)
  mkdirSync(path, { recursive: true })
  execFileSync('chown', [`${owner}:${owner}`, path])
  execFileSync('chmod', [mode.toString(8), path])
  return path
}

/** Runs a command beside a container's process, as its health check does. */
export function inside(service: Service, user: string, command: readonly string[]): string {
  const { id } = containers.get(service) as Container
  // What fails while a service starts is asked again, and says nothing.
  return execFileSync('buildah', ['run', '--user', user, id, '--', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}

export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | null | false> | T | null | false,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    const answer = await (async () => ask())().catch(() => null)
    if (answer !== null && answer !== false) return answer
    for (const [service, { child }] of containers)
      if (child.exitCode !== null)
        throw new Error(`${service} ended with ${child.exitCode}\n${logOf(service)}`)
    if (performance.now() > deadline) throw new Error(`${what} did not come in ${seconds} s`)
    await sleep(AGAIN_MS)
  }
}

export const logOf = (service: Service): string =>
  readFileSync(join(SCRATCH, `${service}.log`), 'utf8')
    .split('\n')
    .slice(-LOG_LINES)
    .join('\n')

/** Whatever still runs. */
export async function stopAll(): Promise<void> {
  for (const { child } of containers.values()) child.kill('SIGTERM')
  await sleep(GRACE_MS)
  for (const { child } of containers.values()) child.kill('SIGKILL')
}
