// The words of `fleet import`; what it does lies in the files beside this one.
import { Command, InvalidArgumentError } from 'commander'
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { CommandContext } from '../command-context.ts'
import { importFiles } from './import-files.ts'

/** Where a centre listens that was given no other address. */
const DEFAULT_CENTRE = 'http://127.0.0.1:4000'

const HELP = `
A device that no network reaches is brought up to date by hand:

  at the device   curl -H "Authorization: Bearer $FLEET_API_TOKEN" -o gate.fleet "http://<device>:8000/api/v1/export?format=fleet"
  at the centre   fleet import gate.fleet

The file goes the way that the device's own messages go, with the same checks. It may be imported again, in parts that
came through, and while the device is online: what the centre has already stays as it is. The device keeps everything
until the centre itself has confirmed it, so nothing is lost with a file.

FLEET_ADMIN_TOKEN is sent to the centre. Ends with 1 when not everything of every file was taken, and says why.`

export function createImportCommand({ env, terminal, signal, finish }: CommandContext): Command {
  return new Command('import')
    .description('Brings files that devices exported into the centre.')
    .argument('<file...>', 'files that devices exported')
    .option(
      '--centre <url>',
      `address of the centre; else FLEET_CENTRE_URL, else ${DEFAULT_CENTRE}`,
      parseCentre,
    )
    .option('--json', 'for programs: one object a line', false)
    .addHelpText('after', HELP)
    .action(async (files: string[], given: { centre?: URL; json: boolean }) => {
      const url = given.centre ?? centreFrom(env)
      const access = { url, token: env['FLEET_ADMIN_TOKEN'] || null, signal }
      finish(await importFiles(files, { access, json: given.json }, terminal))
    })
}

function parseCentre(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : null
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidArgumentError(`${written} is not an address with http or https.`)
}

function centreFrom(env: CommandContext['env']): URL {
  try {
    return parseCentre(env['FLEET_CENTRE_URL'] || DEFAULT_CENTRE)
  } catch (cause) {
    throw new FleetError('CONFIG_INVALID', `FLEET_CENTRE_URL: ${toFleetError(cause).message}`, {
      hint: 'It is the address of the centre, such as http://127.0.0.1:4000.',
      cause,
    })
  }
}
