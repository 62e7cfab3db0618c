// All that a browser test needs: a seeded fleet, the built console in front of it, and pages that fail on faults.
import { launchChromium, PAGE_PATIENCE_MS } from '@sam3-fleet/test-kit/chromium'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startConsole } from './console-server.ts'
import { startFleetWorld, type FleetWorld } from './fleet-world.ts'
import { hydrated } from './hydrated.ts'
import { seedFleet } from './seed-fleet.ts'

/** Faster than the centre calls a device silent. */
const BEAT_MS = 1_000

export interface ConsoleWorld extends AsyncDisposable {
  readonly url: string
  readonly fleet: FleetWorld
  readonly browser: Browser
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Exceptions and refused content; a test ends with none. */
  readonly faults: string[]
}

export async function startConsoleWorld(): Promise<ConsoleWorld> {
  await using stack = new AsyncDisposableStack()
  const fleet = stack.use(await startFleetWorld())
  const seeded = await seedFleet(fleet)
  const timer = setInterval(() => void seeded.beat().catch(() => undefined), BEAT_MS)
  stack.defer(() => clearInterval(timer))
  const server = stack.use(await startConsole({ centreUrl: fleet.url }))
  const { browser } = stack.use(await launchChromium())
  const kept = stack.move()
  return {
    url: server.url,
    fleet,
    browser,
    async open(path, options = {}) {
      const context = await browser.newContext({ timezoneId: 'Europe/Berlin', ...options })
      context.setDefaultTimeout(PAGE_PATIENCE_MS)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', ({ message }) => faults.push(message))
      page.on('console', (message) => {
        if (message.type() === 'error' && /content security policy|hydrat/i.test(message.text()))
          faults.push(message.text())
      })
      await page.goto(server.url + path)
      await hydrated(page)
      return { page, faults, [Symbol.asyncDispose]: () => context.close() }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
