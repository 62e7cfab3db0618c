import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'

describe('launchChromium', () => {
  it('opens a page of a server of this machine and runs its script', async () => {
    await using server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<title>a</title><script>document.title = "ran"</script>')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    await using chromium = await launchChromium()
    const page = await chromium.browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(await page.title()).toBe('ran')
  })
})
