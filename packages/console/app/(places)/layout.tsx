import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Shell } from '@/features/shell/shell.tsx'
import { readTheme, THEME_COOKIE } from '@/lib/preferences.ts'
import { accessOf } from '@/lib/server/access.ts'

export default async function PlacesLayout({ children }: { children: ReactNode }) {
  const [asked, jar] = await Promise.all([headers(), cookies()])
  const access = accessOf(asked, (name) => jar.get(name)?.value)
  return (
    <Shell
      theme={readTheme(jar.get(THEME_COOKIE)?.value)}
      loggedIn={access.kind === 'granted' && access.loggedIn}
    >
      {children}
    </Shell>
  )
}
