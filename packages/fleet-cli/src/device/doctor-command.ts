// `fleet doctor`: whether the device that it is called on is well. The checks belong to the agent, which is only loaded
// when they are asked for: elsewhere its native parts need not be there.
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../terminal.ts'

const HELP = `
Reads the settings of the agent from the environment, as the agent does. On an installed device:

  sudo ./install_jetson.sh --health-check

Ends with 0 when all is well, 3 when something should be looked at, 4 when something does not work.`

const MARKS = { ok: 'ok      ', warning: 'WARNING ', failure: 'FAILURE ' } as const
const CODES = { ok: EXIT.ok, warning: EXIT.warnings, failure: EXIT.failures } as const

export function createDoctorCommand({ env, terminal, finish }: CommandContext): Command {
  return new Command('doctor')
    .description('Checks this device; each finding says what to do.')
    .option('--json', 'for programs: one object with every finding', false)
    .option('--before-start', 'leaves out what only a running agent can tell', false)
    .addHelpText('after', HELP)
    .action(async ({ json, beforeStart }: { json: boolean; beforeStart: boolean }) => {
      const { examineDevice } = await import('@sam3-fleet/edge-agent/doctor')
      const { worstOf } = await import('@sam3-fleet/edge-agent/doctor/finding')
      const findings = await examineDevice(env, {
        beforeStart,
        onFinding: ({ id, severity, detail, todo }) => {
          if (json) return
          terminal.result(`${MARKS[severity]} ${id.padEnd(13)} ${detail}`)
          if (todo !== null) terminal.result(`${' '.repeat(23)}what to do: ${todo}`)
        },
      })
      const worst = worstOf(findings)
      if (json) terminal.result(JSON.stringify({ severity: worst, findings }, null, 2))
      else terminal.note(worst === 'ok' ? 'all is well' : `the worst of it: ${worst}`)
      finish(CODES[worst])
    })
}
