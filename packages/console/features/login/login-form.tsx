'use client'
// A token of the centre in, a session out; every way in which that can fail is said below the field.
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { z } from 'zod'
import { paths } from '../../lib/paths.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'

const OUTCOMES = ['unknown', 'unreachable', 'open_centre', 'too_many', 'foreign'] as const
type Refusal = (typeof OUTCOMES)[number]
const answerSchema = z.object({ outcome: z.enum([...OUTCOMES, 'known']) })

export function LoginForm({ returnPath }: { returnPath: string }) {
  const t = useTranslations('login')
  const [token, setToken] = useState('')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    const outcome = await askSession(token)
    // The whole page anew: every answer that it has cached belonged to nobody.
    if (outcome === 'known') return window.location.assign(returnPath)
    setBusy(false)
    setRefusal(outcome)
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="mt-5 flex flex-col gap-4">
      <TextField
        label={t('token')}
        type="password"
        autoComplete="current-password"
        autoFocus
        isRequired
        value={token}
        onChange={(next) => {
          setToken(next)
          setRefusal(null)
        }}
        error={refusal === null ? undefined : t(`outcome.${refusal}`)}
      />
      <Button type="submit" look="primary" isDisabled={busy} className="self-start">
        {busy ? t('entering') : t('enter')}
      </Button>
    </form>
  )
}

async function askSession(token: string): Promise<Refusal | 'known'> {
  try {
    const answer = await fetch(paths.session(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    return answerSchema.parse(await answer.json()).outcome
  } catch {
    return 'unreachable'
  }
}
