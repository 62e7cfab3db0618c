'use client'
// The address of what is on the screen, for a colleague. Says when it was copied.
import { Check, Link2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button } from '../../../ui/button.tsx'

/** Long enough to be read. */
const SAID_MS = 2_000

export function CopyLink() {
  const t = useTranslations('detail')
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async (): Promise<void> => {
    await writeClipboard(window.location.href)
    setCopied(true)
  }
  return (
    <>
      <Button onPress={() => void copy()}>
        {copied ? <Check aria-hidden size={15} /> : <Link2 aria-hidden size={15} />}
        {copied ? t('copied') : t('copy')}
      </Button>
      <span role="status" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </>
  )
}

/** Browsers give a clipboard only to secure origins; elsewhere the selection does it. */
async function writeClipboard(text: string): Promise<void> {
  if (window.isSecureContext) return await navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
