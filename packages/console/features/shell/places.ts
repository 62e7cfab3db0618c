// The places of the console that the navigation and the palette lead to.
import { Activity, HardDrive, Search, type LucideIcon } from 'lucide-react'
import { paths } from '../../lib/paths.ts'

export interface Place {
  key: 'search' | 'fleet' | 'sync'
  href: string
  icon: LucideIcon
}

export const PLACES: readonly Place[] = [
  { key: 'search', href: paths.search(), icon: Search },
  { key: 'fleet', href: paths.fleet(), icon: HardDrive },
  { key: 'sync', href: paths.sync(), icon: Activity },
]
