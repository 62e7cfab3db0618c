// Waits until a page hears its reader: what the server has drawn can be seen before its handlers are there, and on a
// busy machine a press or a word in between would be lost.
import type { Page } from 'playwright-core'

/** Resolves when React has taken over everything that can be pressed or typed into. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const controls = [...document.querySelectorAll('button, input, select, textarea, a')]
    const isTaken = (control: Element): boolean =>
      Object.keys(control).some((key) => key.startsWith('__reactFiber$'))
    return controls.length > 0 && controls.every(isTaken)
  })
}
