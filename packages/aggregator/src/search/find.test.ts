import { describe } from 'vitest'
import { openTestPglite } from '../testing/test-pglite.ts'
import { registerFindTests } from './testing/register-find-tests.ts'
import { registerLiveFindTests } from './testing/register-live-find-tests.ts'

describe('search on PGlite', () => {
  registerFindTests(openTestPglite)
})

describe('live search on PGlite', () => {
  registerLiveFindTests(openTestPglite)
})
