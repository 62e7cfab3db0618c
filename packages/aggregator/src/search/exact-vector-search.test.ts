import { describe } from 'vitest'
import { openTestPglite } from '../testing/test-pglite.ts'
import { createExactVectorSearch } from './exact-vector-search.ts'
import { registerVectorSearchTests } from './testing/register-vector-search-tests.ts'

describe('exact vector search on PGlite', () => {
  registerVectorSearchTests(openTestPglite, createExactVectorSearch)
})
