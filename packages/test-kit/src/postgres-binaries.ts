// Finds the newest installed PostgreSQL that has pgvector, where Debian and Ubuntu put it.
import { existsSync, readdirSync } from 'node:fs'

const SERVERS_DIR = '/usr/lib/postgresql'
const SHARE_DIR = '/usr/share/postgresql'

/** Folder of initdb and postgres; fails with what to run when there is none. */
export function postgresBinDir(): string {
  const majors = existsSync(SERVERS_DIR) ? readdirSync(SERVERS_DIR) : []
  const usable = majors
    .filter((major) => existsSync(`${SERVERS_DIR}/${major}/bin/initdb`))
    .filter((major) => existsSync(`${SHARE_DIR}/${major}/extension/vector.control`))
    .sort((a, b) => Number(b) - Number(a))
  const [newest] = usable
  if (newest === undefined)
    throw new Error('no PostgreSQL with pgvector here; run: sudo bash scripts/setup.sh test')
  return `${SERVERS_DIR}/${newest}/bin`
}
