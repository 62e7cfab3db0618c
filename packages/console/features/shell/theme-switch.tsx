'use client'
// Dark, light, or as the system has it; remembered in this browser.
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { remember, THEME_COOKIE, THEMES, type Theme } from '../../lib/preferences.ts'
import { Button } from '../../ui/button.tsx'

const ICONS = { system: Monitor, dark: Moon, light: Sun } as const

export function ThemeSwitch({ initial }: { initial: Theme }) {
  const t = useTranslations('theme')
  const [theme, setTheme] = useState(initial)
  const Icon = ICONS[theme]
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const apply = (): void => {
    setTheme(next)
    remember(THEME_COOKIE, next)
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
  }
  return (
    <Button look="quiet" onPress={apply} aria-label={t('switch', { now: t(theme), next: t(next) })}>
      <Icon aria-hidden size={15} />
    </Button>
  )
}
