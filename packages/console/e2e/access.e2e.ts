import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, PAGE_PATIENCE_MS, type ChromiumFixture } from '@sam3-fleet/test-kit/chromium'
import { axeFindings } from './testing/axe.ts'
import { startConsole, type ConsoleServer } from './testing/console-server.ts'
import { ADMIN_TOKEN, startFleetWorld, type FleetWorld } from './testing/fleet-world.ts'
import { hydrated } from './testing/hydrated.ts'

let fleet: FleetWorld
let server: ConsoleServer
let chromium: ChromiumFixture
beforeAll(async () => {
  fleet = await startFleetWorld({ closed: true })
  server = await startConsole({ centreUrl: fleet.url, hostname: '0.0.0.0', adminToken: ADMIN_TOKEN })
  chromium = await launchChromium()
})
afterAll(async () => {
  await chromium[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await fleet[Symbol.asyncDispose]()
})

test('a console that others can reach lends its own token to nobody', async () => {
  const answer = await fetch(`${server.url}/trpc/devices.list`)
  expect(answer.status).toBe(401)
  const page = await fetch(`${server.url}/search`, { redirect: 'manual' })
  expect(page.headers.get('location')).toContain('/login?to=')
})

test('a token opens a session that leads on, holds no token in the browser, and ends with the log-out', async () => {
  await using context = await chromium.browser.newContext()
  context.setDefaultTimeout(PAGE_PATIENCE_MS)
  const page = await context.newPage()
  await page.goto(`${server.url}/fleet`)
  await page.waitForURL(/\/login\?to=/)
  await hydrated(page)
  expect(await axeFindings(page)).toEqual([])
  await page.getByLabel('Token').fill('something else')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByText('The centre does not know this token.').waitFor()
  await page.getByLabel('Token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(/\/fleet$/)
  await page.getByText('No device is enrolled yet').waitFor()
  const [session] = await context.cookies()
  expect(session).toMatchObject({ name: 'fleet_session', httpOnly: true, sameSite: 'Strict' })
  expect(session?.value).not.toContain(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(/\/login/)
})

test('a page of another site can neither ask nor change anything', async () => {
  const asked = await fetch(`${server.url}/trpc/sources.remove`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://elsewhere.example' },
    body: '{}',
  })
  expect(asked.status).toBe(403)
})

test('pages cannot be framed and run no script but their own', async () => {
  const answer = await fetch(`${server.url}/login`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]+'/)
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})
