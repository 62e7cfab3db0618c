// The arguments of `fleet` in, an exit code out; each command is added by one line here.
import { Command, CommanderError, type OutputConfiguration } from 'commander'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { CommandContext } from './command-context.ts'
import { createDoctorCommand } from './device/doctor-command.ts'
import { createInitDbCommand } from './device/init-db-command.ts'
import { createEnginesCommand } from './engines/engines-command.ts'
import { createImportCommand } from './import/import-command.ts'
import { createPacksCommand } from './packs/packs-command.ts'
import { EXIT, type ExitCode } from './terminal.ts'

export async function runFleet(
  args: readonly string[],
  surroundings: Omit<CommandContext, 'finish'>,
): Promise<ExitCode> {
  const { terminal } = surroundings
  let exitCode: ExitCode = EXIT.ok
  const context: CommandContext = {
    ...surroundings,
    finish: (code) => {
      exitCode = code
    },
  }
  const program = new Command('fleet').description('Looks after a fleet of edge devices.')
  program.addCommand(createPacksCommand(context))
  program.addCommand(createEnginesCommand(context))
  program.addCommand(createImportCommand(context))
  program.addCommand(createDoctorCommand(context))
  program.addCommand(createInitDbCommand(context))
  endInsteadOfExit(program, {
    writeOut: (text) => terminal.result(text.trimEnd()),
    writeErr: (text) => terminal.note(text.trimEnd()),
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (thrown) {
    // Commander has said what was wrong, or shown the help that was asked for.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { code, message, hint } = toFleetError(thrown)
    terminal.note(`fleet: ${message}`)
    terminal.note(`  ${hint} [${code}]`)
    return code === 'INVALID_INPUT' ? EXIT.usage : EXIT.failed
  }
}

/** Commander ends the process by itself; commands that were added keep their own settings, so each is told. */
function endInsteadOfExit(command: Command, output: OutputConfiguration): void {
  command.exitOverride().configureOutput(output)
  for (const inner of command.commands) endInsteadOfExit(inner, output)
}
