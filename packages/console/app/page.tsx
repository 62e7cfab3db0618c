import { redirect } from 'next/navigation'
import { paths } from '@/lib/paths.ts'

export default function Home(): never {
  redirect(paths.search())
}
