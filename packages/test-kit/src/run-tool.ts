// Runs a command to its end and returns what it printed; fails with its output, and says so when it is missing.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Owner } from './temp-dir.ts'

export interface ToolOptions {
  env?: Record<string, string | undefined>
  owner?: Owner | undefined
  cwd?: string
}

export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    ...(options.owner ? { uid: options.owner.uid, gid: options.owner.gid } : {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(`${command} is not installed; run: bash scripts/setup.sh test`, { cause: error })
  })
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}
