// Debian's Chromium, driven by playwright-core: headless, quiet on the network, in a profile of its own.
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Root has no user namespace to sandbox in; the rest keeps the browser from talking to anyone but the test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Milliseconds that a page of a test may take for what is awaited: rendering on a machine that is busy otherwise. */
export const PAGE_PATIENCE_MS = 90_000

export interface ChromiumFixture extends AsyncDisposable {
  readonly browser: Browser
}

export async function launchChromium(): Promise<ChromiumFixture> {
  const executablePath = CANDIDATES.find((path) => existsSync(path))
  if (executablePath === undefined)
    throw new Error('Chromium is not installed; run: bash scripts/setup.sh test')
  const browser = await chromium.launch({ executablePath, args: FLAGS })
  return { browser, [Symbol.asyncDispose]: () => browser.close() }
}
