// Starts the built console: the standalone server of `next build`, with its static files beside it.
// PORT (3000) and HOSTNAME (127.0.0.1) say where it listens; FLEET_CENTRE_URL where the centre is.
import { cp, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const here = import.meta.dirname
const built = join(here, '.next')
// The server stands where the package stands in the repository, below the traced root.
const standalone = join(built, 'standalone', 'packages', 'console')
const server = join(standalone, 'server.js')

if (!(await exists(server))) {
  process.stderr.write('The console is not built yet. Run: npm run build -w @sam3-fleet/console\n')
  process.exit(1)
}

// `next build` leaves these for whoever serves them; an image that has them in place already stays as it is.
await copyIfThere(join(built, 'static'), join(standalone, '.next', 'static'))
await copyIfThere(join(here, 'public'), join(standalone, 'public'))

process.env.PORT ||= '3000'
// Containers put their own name into HOSTNAME; only an address is a wish to be reached from elsewhere.
const wanted = process.env.HOSTNAME ?? ''
process.env.HOSTNAME = wanted === 'localhost' || isIP(wanted) ? wanted : '127.0.0.1'
process.env.NEXT_TELEMETRY_DISABLED ||= '1'
await import(pathToFileURL(server).href)

/** @param {string} from @param {string} to */
async function copyIfThere(from, to) {
  if (await exists(from)) await cp(from, to, { recursive: true, force: true })
}

/** @param {string} path */
async function exists(path) {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
