import { afterAll, beforeAll, expect, test } from 'vitest'
import { startConsoleWorld, type ConsoleWorld } from './testing/console-world.ts'
import { GATE } from './testing/seed-fleet.ts'

let world: ConsoleWorld
beforeAll(async () => {
  world = await startConsoleWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const tiles = 'section[aria-label="Results"] li a'

test('a question is asked from the box that has the focus, and its answer survives a reload', async () => {
  await using opened = await world.open('/')
  const { page, faults } = opened
  await page.waitForURL(/\/search$/)
  await page.waitForFunction(() => document.activeElement?.id === 'search-box')
  await page.keyboard.type('red car')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=red\+car|q=red%20car/)
  await page.getByText('Strong matches').waitFor()
  const found = await page.locator(tiles).allInnerTexts()
  expect(found.length).toBeGreaterThanOrEqual(3)
  expect(found.every((text) => text.includes('a red car'))).toBe(true)
  await page.getByText('Watching for car; keeping red').waitFor()
  await page.reload()
  await page.getByText('Strong matches').waitFor()
  expect(await page.locator(tiles).count()).toBe(found.length)
  expect(faults).toEqual([])
})

test('the coverage line says how complete the answer is, device by device', async () => {
  await using opened = await world.open('/search?q=red%20car')
  const { page } = opened
  const line = page.locator('summary [role=status]')
  await line.filter({ hasText: 'answered live' }).waitFor()
  const sentence = await line.innerText()
  expect(sentence).toMatch(
    /^Complete to .+ for 1 of 3 devices; Gate is 12 entries behind and answered live; /,
  )
  expect(sentence).toContain('Hall is offline')
  await line.click()
  await page.getByRole('row', { name: /Hall offline/ }).waitFor()
})

test('what a device finds late is offered and moves nothing until it is wanted', async () => {
  const memory = world.fleet.devices.get(GATE)
  if (!memory) throw new Error('the gate is not connected')
  const asked = Promise.withResolvers<void>()
  memory.beforeSearch = () => asked.promise
  await using opened = await world.open('/search?q=red%20car')
  const { page } = opened
  await page.locator(tiles).first().waitFor()
  const before = await page
    .locator(tiles)
    .evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.getBoundingClientRect().top]))
  asked.resolve()
  const offer = page.getByRole('button', { name: 'Show 1 more from Gate' })
  await offer.waitFor()
  const after = await page
    .locator(tiles)
    .evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.getBoundingClientRect().top]))
  expect(after).toEqual(before)
  await offer.click()
  await page.getByText('a red car, large, at the gate').waitFor()
  expect(await page.locator(tiles).count()).toBe(before.length + 1)
  memory.beforeSearch = () => Promise.resolve()
})

test('weak matches stay folded until they are asked for', async () => {
  await using opened = await world.open('/search?q=red%20car')
  const { page } = opened
  const fold = page.getByRole('button', { name: /Show \d+ weak match/ })
  await fold.waitFor()
  const before = await page.locator(tiles).count()
  await fold.click()
  await page.getByRole('button', { name: 'Hide weak matches' }).waitFor()
  expect(await page.locator(tiles).count()).toBeGreaterThan(before)
})

test('keys move through the results, open one, find similar ones and close it', async () => {
  await using opened = await world.open('/search?q=red%20car')
  const { page, faults } = opened
  await page.locator(tiles).first().waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const second = await page.locator(tiles).nth(1).getAttribute('href')
  await page.waitForFunction((href) => document.activeElement?.getAttribute('href') === href, second)
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Sighting' })
  await panel.getByRole('heading', { name: 'a red car, large, by the gate' }).waitFor()
  expect(new URL(page.url()).searchParams.get('open')).toContain('~')
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await page.keyboard.press('s')
  await page.waitForURL(/like=/)
  await page.getByText('Similar to a sighting').first().waitFor()
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.id === 'search-box')
  expect(faults).toEqual([])
})

test('an open sighting fetches its whole frame from the device', async () => {
  await using opened = await world.open('/search?q=blue%20car')
  const { page, faults } = opened
  await page.locator(tiles).filter({ hasText: 'Yard' }).first().click()
  await page.getByRole('button', { name: 'Fetch frame from device' }).click()
  const frame = page.getByRole('img', { name: /The whole frame with the object marked/ })
  await frame.waitFor()
  expect(await frame.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320)
  expect(faults).toEqual([])
})

test('nothing found says what was searched and one press widens it', async () => {
  await using opened = await world.open('/search?label=dog&conf=0.99')
  const { page } = opened
  await page.getByText('Searched all 3 devices for anything at all.').waitFor()
  await page.getByRole('button', { name: 'Without any filter' }).click()
  await page.locator(tiles).first().waitFor()
  expect(new URL(page.url()).search).not.toContain('label')
})
