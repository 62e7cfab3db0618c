'use client'
// The bar over every page: places, the way to one device, the palette, the theme.
import { Command, Keyboard } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { Theme } from '../../lib/preferences.ts'
import { paths } from '../../lib/paths.ts'
import { Button } from '../../ui/button.tsx'
import { join } from '../../ui/class-names.ts'
import { KeyHint } from '../../ui/key-hint.tsx'
import { DeviceMenu } from './device-menu.tsx'
import { LogoutButton } from './logout-button.tsx'
import { PLACES } from './places.ts'
import { ThemeSwitch } from './theme-switch.tsx'

export interface TopBarProps {
  theme: Theme
  loggedIn: boolean
  onPalette: () => void
  onKeys: () => void
}

export function TopBar({ theme, loggedIn, onPalette, onKeys }: TopBarProps) {
  const t = useTranslations('shell')
  const pathname = usePathname()
  return (
    <header className="sticky top-0 z-30 border-b bg-ground">
      <div className="mx-auto flex h-12 max-w-[100rem] items-center gap-1 px-3 sm:gap-3 sm:px-6">
        <Link href={paths.search()} className="hidden items-center gap-2 font-semibold md:flex">
          <Mark />
          {t('product')}
        </Link>
        <nav aria-label={t('places')} className="flex h-full items-stretch sm:ml-4">
          {PLACES.map(({ key, href, icon: Icon }) => {
            const here = pathname === href || pathname.startsWith(`${href}/`)
            return (
              <Link
                key={key}
                href={href}
                aria-current={here ? 'page' : undefined}
                className={join(
                  '-mb-px flex items-center gap-2 border-b px-2 sm:px-3',
                  here ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
                )}
              >
                <Icon aria-hidden size={15} strokeWidth={1.75} />
                {t(key)}
              </Link>
            )
          })}
        </nav>
        <div className="ml-auto flex items-center gap-0.5">
          <DeviceMenu />
          <Button look="quiet" onPress={onPalette} aria-keyshortcuts="Control+K Meta+K">
            <Command aria-hidden size={15} />
            <span className="sr-only">{t('openPalette')}</span>
            <span className="hidden lg:inline">
              <KeyHint>{t('paletteKey')}</KeyHint>
            </span>
          </Button>
          <Button look="quiet" onPress={onKeys} aria-label={t('showKeys')} className="max-sm:hidden">
            <Keyboard aria-hidden size={15} />
          </Button>
          <ThemeSwitch initial={theme} />
          {loggedIn ? <LogoutButton /> : null}
        </div>
      </div>
    </header>
  )
}

function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 20 20" className="size-5 text-accent" fill="none" stroke="currentColor">
      <path d="M2 6V2h4M14 2h4v4M18 14v4h-4M6 18H2v-4" strokeWidth="1.75" />
      <circle cx="10" cy="10" r="2.5" fill="currentColor" stroke="none" />
    </svg>
  )
}
