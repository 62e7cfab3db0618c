import { afterAll, beforeAll, expect, test } from 'vitest'
import { startConsoleWorld, type ConsoleWorld } from './testing/console-world.ts'
import { GATE, GATE_BEHIND } from './testing/seed-fleet.ts'

/** What the page promises. */
const SHOWN_WITHIN_MS = 5_000

let world: ConsoleWorld
beforeAll(async () => {
  world = await startConsoleWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test('the backlog drains on the screen without a reload', async () => {
  await using opened = await world.open('/sync')
  const { page, faults } = opened
  const row = page.getByRole('row', { name: /^Gate/ })
  await row.getByText(`${20} / ${20 + GATE_BEHIND}`).waitFor()
  await world.fleet.db.query('UPDATE epochs SET hwm = max_seq_seen WHERE device_id = $1', [GATE])
  await row.getByText(`${20 + GATE_BEHIND} / ${20 + GATE_BEHIND}`).waitFor()
  await page.getByText('its label is missing').waitFor()
  expect(faults).toEqual([])
})

test('a device whose link is lost is shown offline within five seconds', async () => {
  await using opened = await world.open('/sync')
  const { page } = opened
  await page.getByRole('row', { name: /^Yard online/ }).waitFor()
  await world.fleet.db.query(`UPDATE devices SET presence = 'offline' WHERE device_id = 'device-yard'`, [])
  await page.getByRole('row', { name: /^Yard offline/ }).waitFor({ timeout: SHOWN_WITHIN_MS })
  expect(await page.getByText('1 of 3 connected').count()).toBe(1)
  await world.fleet.db.query(`UPDATE devices SET presence = 'online' WHERE device_id = 'device-yard'`, [])
})

test('when the centre goes away the page says so within five seconds, and goes on by itself when it is back', async () => {
  await using opened = await world.open('/sync')
  const { page } = opened
  await page.getByText(/^live, /).waitFor()
  await world.fleet.stopCentre()
  await page
    .getByText(/Reconnecting to the centre: what is shown is \d+ s old/)
    .waitFor({ timeout: SHOWN_WITHIN_MS })
  await world.fleet.startCentre()
  await page.getByText(/^live, /).waitFor()
  expect(await page.getByText(/Reconnecting/).count()).toBe(0)
})
