import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { keepDeviceId, readKeptDeviceId } from './identity-file.ts'

test('the id that was kept is read again; a file that holds none counts as no file', async () => {
  await using dir = await createTempDir('identity')
  const path = join(dir.path, 'a.db')
  expect(readKeptDeviceId(path)).toBeNull()
  keepDeviceId(path, 'gate-0001')
  keepDeviceId(path, 'gate-0001')
  expect(readKeptDeviceId(path)).toBe('gate-0001')
  await writeFile(`${path}.device-id`, '\0\0\0')
  expect(readKeptDeviceId(path)).toBeNull()
})
