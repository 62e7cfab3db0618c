'use client'
// Makes the words on screen known to everything below, and typed: a key that is not there does not compile.
import { NextIntlClientProvider } from 'next-intl'
import type { ReactNode } from 'react'
import { messages, type Messages } from '../messages.ts'
import { LOCALE } from './locale.ts'

declare module 'next-intl' {
  // Merged into the library's own interface, which is how it learns the keys.
  interface AppConfig {
    Messages: Messages
  }
}

export function WordsProvider({ children }: { children: ReactNode }) {
  return (
    <NextIntlClientProvider locale={LOCALE} messages={messages} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  )
}
