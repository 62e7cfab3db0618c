import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { readTheme, THEME_COOKIE, ZONE_COOKIE } from '@/lib/preferences.ts'
import { knownZone } from '@/lib/time.ts'
import { LOCALE } from '@/lib/locale.ts'
import { WordsProvider } from '@/lib/words.tsx'
import { messages } from '@/messages.ts'
import { CentreProvider } from '@/trpc/client.tsx'
import { ClockProvider } from '@/ui/clock.tsx'
import './globals.css'

export const metadata: Metadata = {
  title: { default: messages.shell.product, template: `%s · ${messages.shell.product}` },
  description: messages.shell.description,
}
export const viewport: Viewport = { colorScheme: 'dark light' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Reading the request makes every page dynamic, as its nonce demands.
  const [jar] = await Promise.all([cookies(), headers()])
  const theme = readTheme(jar.get(THEME_COOKIE)?.value)
  return (
    <html lang={LOCALE} {...(theme === 'system' ? {} : { 'data-theme': theme })}>
      <body>
        <WordsProvider>
          <ClockProvider zone={knownZone(jar.get(ZONE_COOKIE)?.value)} nowMs={Date.now()}>
            <NuqsAdapter>
              <CentreProvider>{children}</CentreProvider>
            </NuqsAdapter>
          </ClockProvider>
        </WordsProvider>
      </body>
    </html>
  )
}
