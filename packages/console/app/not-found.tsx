import Link from 'next/link'
import { paths } from '@/lib/paths.ts'
import { messages } from '@/messages.ts'
import { buttonClass } from '@/ui/button-class.ts'
import { Notice } from '@/ui/notice.tsx'

export default function NotFound() {
  const words = messages.notFound
  return (
    <main className="mx-auto max-w-2xl px-6 py-16">
      <h1 className="sr-only">{words.title}</h1>
      <Notice
        title={words.title}
        actions={
          <Link className={buttonClass()} href={paths.search()}>
            {words.back}
          </Link>
        }
      >
        {words.why}
      </Notice>
    </main>
  )
}
