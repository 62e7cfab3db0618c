// `fleet init-db`: makes the device's database before the agent first runs, or brings it to the newest form.
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../terminal.ts'

export function createInitDbCommand({ env, terminal, finish }: CommandContext): Command {
  return new Command('init-db')
    .description("Makes this device's database, or brings it to the newest form.")
    .action(async () => {
      const { initDatabase } = await import('@sam3-fleet/edge-agent/init-database')
      const { path, deviceId } = initDatabase(env)
      terminal.note(`the database of ${deviceId} is ready`)
      terminal.result(path)
      finish(EXIT.ok)
    })
}
