'use client'
// The one box: focused when the page opens, asks on Enter, so that devices are not asked for half a word.
import { Search, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { SEARCH_BOX_ID } from '../../lib/keyboard.ts'
import { Button } from '../../ui/button.tsx'

/** As long as a question may be. */
const WORDS_MAX_CHARS = 400

export interface SearchBoxProps {
  words: string
  busy: boolean
  onAsk: (words: string) => void
}

export function SearchBox({ words, busy, onAsk }: SearchBoxProps) {
  const t = useTranslations('search')
  const input = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState({ of: words, text: words })
  // The address changed by other means: back, a suggestion, a link.
  if (draft.of !== words) setDraft({ of: words, text: words })

  useEffect(() => {
    input.current?.focus({ preventScroll: true })
  }, [])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onAsk(draft.text.trim())
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    input.current?.blur()
  }
  return (
    <form role="search" onSubmit={submit} className="relative flex gap-2">
      <Search aria-hidden size={16} className="absolute top-3 left-3 text-muted" />
      <input
        ref={input}
        id={SEARCH_BOX_ID}
        type="text"
        enterKeyHint="search"
        autoComplete="off"
        aria-label={t('label')}
        aria-keyshortcuts="/"
        placeholder={t('placeholder')}
        maxLength={WORDS_MAX_CHARS}
        value={draft.text}
        onChange={(event) => setDraft({ of: words, text: event.target.value })}
        onKeyDown={onKeyDown}
        className="h-10 w-full rounded-md border border-edge bg-raised pr-10 pl-9 text-lg placeholder:text-muted"
      />
      {draft.text === '' ? null : (
        <button
          type="button"
          aria-label={t('clear')}
          className="absolute top-2 right-[5.25rem] flex size-6 items-center justify-center rounded-md text-muted hover:text-ink"
          onClick={() => {
            setDraft({ of: words, text: '' })
            onAsk('')
            input.current?.focus()
          }}
        >
          <X aria-hidden size={15} />
        </button>
      )}
      <Button type="submit" look="primary" className="h-10 w-18 justify-center">
        {t('submit')}
      </Button>
      <span
        aria-hidden
        className={`absolute right-20 bottom-0 left-0 h-0.5 origin-left rounded-md ${busy ? 'search-busy bg-accent' : ''}`}
      />
    </form>
  )
}
