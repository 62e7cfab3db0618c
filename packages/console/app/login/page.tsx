import type { Metadata } from 'next'
import { LoginForm } from '@/features/login/login-form.tsx'
import { safeReturnPath } from '@/lib/paths.ts'
import { messages } from '@/messages.ts'

export const metadata: Metadata = { title: messages.login.title }

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<{ to?: string | string[] }>
}) {
  const { to } = await searchParams
  return (
    <main className="mx-auto max-w-md px-6 pt-[16vh]">
      <h1 className="text-lg font-semibold">{messages.login.title}</h1>
      <p className="mt-2 text-muted">{messages.login.why}</p>
      <LoginForm returnPath={safeReturnPath(typeof to === 'string' ? to : null)} />
    </main>
  )
}
