import { describe, expect, it } from 'vitest'
import { decideAccess, isForeign } from './access.ts'
import { isLoopbackName, readSettings } from './centre.ts'
import { createSessionSealer } from './session.ts'

const sealer = createSessionSealer('s')
const here = { adminToken: 'own', boundToLoopback: true }
const anywhere = { adminToken: 'own', boundToLoopback: false }
const ask = (host: string | null, settings: typeof here, sessionCookie?: string) =>
  decideAccess({ host, sessionCookie }, { settings, sealer, nowMs: 1 })

describe('decideAccess', () => {
  it('lets people on this machine through with the token of the console', () => {
    expect(ask('127.0.0.1:3000', here)).toEqual({
      kind: 'granted',
      authorization: 'Bearer own',
      loggedIn: false,
    })
  })
  it('never lends its token to others: not beyond loopback, not under a foreign name', () => {
    expect(ask('127.0.0.1:3000', anywhere).kind).toBe('login')
    expect(ask('console.example', here).kind).toBe('login')
    expect(ask('127.0.0.1.evil.example', here).kind).toBe('login')
    expect(ask(null, here).kind).toBe('login')
  })
  it('asks the centre with the token of the session', () => {
    expect(ask('console.example', anywhere, sealer.seal('theirs', 0))).toEqual({
      kind: 'granted',
      authorization: 'Bearer theirs',
      loggedIn: true,
    })
  })
})

describe('isForeign', () => {
  const request = (method: string, headers: Record<string, string>) => ({
    method,
    headers: new Headers({ host: 'console.example', ...headers }),
  })
  it.each([
    ['POST', { origin: 'http://evil.example' }],
    ['POST', { origin: 'null' }],
    ['POST', {}],
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { origin: 'http://evil.example' }],
  ])('refuses %s with %o', (method, headers) => {
    expect(isForeign(request(method, headers))).toBe(true)
  })
  it.each([
    ['POST', { origin: 'http://console.example' }],
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['GET', {}],
    ['GET', { 'sec-fetch-site': 'none' }],
  ])('takes %s with %o', (method, headers) => {
    expect(isForeign(request(method, headers))).toBe(false)
  })
})

describe('readSettings', () => {
  it('is beyond loopback unless the environment says otherwise', () => {
    expect(readSettings({}).boundToLoopback).toBe(false)
    expect(readSettings({ HOSTNAME: '127.0.0.1' }).boundToLoopback).toBe(true)
  })
  it('refuses an address that is no http URL', () => {
    expect(() => readSettings({ FLEET_CENTRE_URL: 'file:///etc/passwd' })).toThrow(/FLEET_CENTRE_URL/)
  })
})

describe('isLoopbackName', () => {
  it.each(['localhost', 'localhost:3000', '127.0.0.1', '127.8.0.1:1', '[::1]:3000'])('%s is', (name) => {
    expect(isLoopbackName(name)).toBe(true)
  })
  it.each(['', '0.0.0.0', 'localhost.evil.example', '10.0.0.1'])('%s is not', (name) => {
    expect(isLoopbackName(name)).toBe(false)
  })
})
