// The database: whole, of a version that this program reads, and held against what the index says it has.
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { inspectDatabase } from '../store/inspect-database.ts'
import { failure, ok, warning, type Check } from './finding.ts'

export const checkDatabase =
  ({ databasePath }: { databasePath: string }): Check =>
  async () => {
    try {
      const facts = inspectDatabase(databasePath)
      if (facts === null)
        return [ok('database', `none yet at ${databasePath}: it is made at the first start`)]
      if (facts.integrity !== 'ok')
        return [
          failure(
            'database',
            `${databasePath} is damaged: ${facts.integrity}`,
            'Keep a copy; the agent moves it aside at its next start and begins a new one. Look at the disk (dmesg).',
          ),
        ]
      const steps = facts.pending.length
      return [
        ok(
          'database',
          `whole, of ${facts.deviceId ?? 'nobody yet'}, ${facts.vectors} vectors${steps > 0 ? `; ${steps} steps to its newest form at the next start` : ''}`,
        ),
        ...facts.sources
          .filter(
            ({ enabled, state }) =>
              enabled && state !== 'running' && state !== 'finished' && state !== 'idle',
          )
          .map(({ name, state, detail }) =>
            warning(
              'source',
              `${name}: ${state}${detail ? `, ${detail}` : ''}`,
              'Check that its address answers from this device; PATCH /api/v1/sources/{id} changes it.',
            ),
          ),
      ]
    } catch (thrown) {
      const { message, hint } = toFleetError(thrown)
      return [failure('database', message, hint)]
    }
  }
