'use client'
// What every page stands in: skip link, bar, palette, and the keys that work everywhere.
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useState, type ReactNode } from 'react'
import { isTyping, SEARCH_BOX_ID } from '../../lib/keyboard.ts'
import { CONTENT_ID } from '../../lib/content-id.ts'
import type { Theme } from '../../lib/preferences.ts'
import { paths } from '../../lib/paths.ts'
import { KeysHelp } from './keys-help.tsx'
import { Palette } from './palette.tsx'
import { TopBar } from './top-bar.tsx'

export interface ShellProps {
  theme: Theme
  loggedIn: boolean
  children: ReactNode
}

export function Shell({ theme, loggedIn, children }: ShellProps) {
  const t = useTranslations('shell')
  const router = useRouter()
  const [over, setOver] = useState<'palette' | 'keys' | null>(null)

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOver((now) => (now === 'palette' ? null : 'palette'))
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '?') setOver('keys')
      else if (event.key === '/') {
        event.preventDefault()
        const box = document.getElementById(SEARCH_BOX_ID)
        if (box) box.focus()
        else router.push(paths.search())
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [router])

  return (
    <>
      <a
        href={`#${CONTENT_ID}`}
        className="sr-only z-50 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('skip')}
      </a>
      <TopBar
        theme={theme}
        loggedIn={loggedIn}
        onPalette={() => setOver('palette')}
        onKeys={() => setOver('keys')}
      />
      <main id={CONTENT_ID} tabIndex={-1} className="mx-auto max-w-[100rem] px-3 pb-16 outline-none sm:px-6">
        {children}
      </main>
      <Palette isOpen={over === 'palette'} onClose={() => setOver(null)} />
      <KeysHelp isOpen={over === 'keys'} onClose={() => setOver(null)} />
    </>
  )
}
