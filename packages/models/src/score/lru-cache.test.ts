import { expect, it } from 'vitest'
import { LruCache } from './lru-cache.ts'

it('keeps what was used last and never more than its limit', () => {
  const cache = new LruCache<number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  expect(cache.get('a')).toBe(1)
  cache.set('c', 3)
  expect(cache.size).toBe(2)
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBe(1)
})
