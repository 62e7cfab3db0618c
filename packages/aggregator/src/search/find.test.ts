import { describe } from 'vitest'
import { openTestPglite } from '../testing/test-pglite.ts'
import { registerFindTests } from './testing/register-find-tests.ts'

describe('search on PGlite', () => {
  registerFindTests(openTestPglite)
})
