'use client'
// Ends the session of this browser.
import { LogOut } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { paths } from '../../lib/paths.ts'
import { Button } from '../../ui/button.tsx'

export function LogoutButton() {
  const t = useTranslations('login')
  const leave = async (): Promise<void> => {
    await fetch(paths.session(), { method: 'DELETE' })
    window.location.assign(paths.login())
  }
  return (
    <Button look="quiet" onPress={() => void leave()} aria-label={t('leave')}>
      <LogOut aria-hidden size={15} />
    </Button>
  )
}
