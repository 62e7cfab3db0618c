import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings } from './testing/axe.ts'
import { startConsoleWorld, type ConsoleWorld } from './testing/console-world.ts'
import { hydrated } from './testing/hydrated.ts'
import { HALL, YARD } from './testing/seed-fleet.ts'

let world: ConsoleWorld
beforeAll(async () => {
  world = await startConsoleWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const PLACES = [
  { path: '/search?q=red%20car&weak=true', shows: 'Weak matches' },
  { path: '/search?label=dog&conf=0.99', shows: 'Without any filter' },
  { path: '/fleet', shows: 'Hall' },
  { path: `/fleet/${YARD}`, shows: 'delivery.mp4' },
  { path: `/fleet/${HALL}`, shows: 'Hall is not connected' },
  { path: '/sync', shows: 'its label is missing' },
]

describe.each(['dark', 'light'] as const)('in %s', (colorScheme) => {
  test.each(PLACES)('axe finds nothing on $path', async ({ path, shows }) => {
    await using opened = await world.open(path, { colorScheme })
    const { page, faults } = opened
    await page.getByText(shows).first().waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(faults).toEqual([])
  })
})

test.each(PLACES)('$path fits a phone: nothing is cut off sideways', async ({ path, shows }) => {
  await using opened = await world.open(path, { viewport: { width: 390, height: 844 } })
  const { page } = opened
  await page.getByText(shows).first().waitFor()
  const [wanted, given] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  expect(wanted).toBeLessThanOrEqual(given ?? 0)
})

test('axe finds nothing with a sighting open, with the palette, with the keys and with the source form', async () => {
  await using opened = await world.open('/search?q=red%20car')
  const { page, faults } = opened
  await page.locator('section[aria-label="Results"] li a').first().click()
  await page.getByText('Raw record').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByText('Gate').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.goto(`${world.url}/fleet/${YARD}`)
  await hydrated(page)
  await page.getByRole('button', { name: 'Add source' }).click()
  await page.getByRole('dialog').getByLabel('Address').waitFor()
  expect(await axeFindings(page)).toEqual([])
  expect(faults).toEqual([])
})

test('the first Tab offers to skip the bar', async () => {
  await using opened = await world.open('/fleet')
  const { page } = opened
  await page.getByText('Hall').waitFor()
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to the content' })
  expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
})
