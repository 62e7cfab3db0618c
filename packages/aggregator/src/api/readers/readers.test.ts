import { describe } from 'vitest'
import { openTestPglite } from '../../testing/test-pglite.ts'
import { registerReaderTests } from '../testing/register-reader-tests.ts'

describe('the reading half on PGlite', () => {
  registerReaderTests(openTestPglite)
})
