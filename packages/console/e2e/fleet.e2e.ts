import { afterAll, beforeAll, expect, test } from 'vitest'
import { startConsoleWorld, type ConsoleWorld } from './testing/console-world.ts'
import { GATE, HALL, YARD } from './testing/seed-fleet.ts'

let world: ConsoleWorld
beforeAll(async () => {
  world = await startConsoleWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test('the fleet says in words how each device is, can be filtered, and leads to a device', async () => {
  await using opened = await world.open('/fleet')
  const { page, faults } = opened
  await page.getByRole('row', { name: /Gate.*behind/ }).waitFor()
  await page.getByRole('row', { name: /Hall.*offline/ }).waitFor()
  await page.getByRole('row', { name: /Yard.*online/ }).waitFor()
  await page.getByRole('searchbox').fill('gat')
  await page.getByText('1 device', { exact: true }).waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toBe('gat')
  await page.getByRole('link', { name: 'Gate' }).click()
  await page.waitForURL(`**/fleet/${GATE}`)
  await page.getByRole('heading', { name: 'Gate', level: 1 }).waitFor()
  expect(faults).toEqual([])
})

test('a source is added and removed on the device, with errors at their fields', async () => {
  await using opened = await world.open(`/fleet/${YARD}`)
  const { page, faults } = opened
  await page.getByRole('button', { name: 'Add source' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Give it a name of 1 to 200 characters.').waitFor()
  expect(await form.getByLabel('Name').getAttribute('aria-invalid')).toBe('true')
  await form.getByLabel('Name').fill('Side gate')
  await form.getByLabel('Address').fill('rtsp://camera/2')
  await form.getByLabel('Look for').fill('person, red car')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByText('Side gate').first().waitFor()
  const added = world.fleet.devices.get(YARD)?.sources.find(({ name }) => name === 'Side gate')
  expect(added).toMatchObject({ uri: 'rtsp://camera/2', prompts: ['person', 'red car'], detectFps: 5 })
  await page.getByRole('button', { name: 'Remove Side gate' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Side gate').first().waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})

test('an uploaded video becomes a job that says how its prompt was understood, and can be cancelled', async () => {
  await using opened = await world.open(`/fleet/${YARD}`)
  const { page, faults } = opened
  // The first bytes of an MP4 file: the centre looks at them, not at the name.
  const buffer = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(4_096)])
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'Einfahrt Süd.mp4', mimeType: 'video/mp4', buffer })
  await page.getByLabel('What to look for').fill('red car')
  await page.getByRole('button', { name: 'Upload and search' }).click()
  await page.getByText('Understood as: Watching for car; keeping red').waitFor()
  await page.getByRole('button', { name: 'Cancel Einfahrt Süd.mp4' }).click()
  await page.getByText('cancelled').first().waitFor()
  const job = world.fleet.devices.get(YARD)?.jobs.find(({ fileName }) => fileName === 'Einfahrt Süd.mp4')
  expect(job).toMatchObject({ textPrompt: 'red car', status: 'cancelled' })
  expect(faults).toEqual([])
})

test('an offline device says since when, and offers nothing that it cannot do', async () => {
  await using opened = await world.open(`/fleet/${HALL}`)
  const { page } = opened
  await page.getByText(/Hall is not connected: what follows is what the centre last heard, 2 h ago/).waitFor()
  expect(await page.getByRole('button', { name: 'Add source' }).isDisabled()).toBe(true)
  await page.getByText('Jobs live on the device, and it cannot be asked now (not connected).').waitFor()
})

test('a device that is not enrolled is said to be unknown', async () => {
  await using opened = await world.open('/fleet/device-nowhere')
  const { page } = opened
  await page.getByText('No device with this id is enrolled here').waitFor()
  expect(await page.getByRole('button', { name: 'Add source' }).count()).toBe(0)
})
