import type { Metadata } from 'next'
import { DeviceView } from '@/features/device/device-view.tsx'

interface DevicePageProps {
  params: Promise<{ deviceId: string }>
}

export async function generateMetadata({ params }: DevicePageProps): Promise<Metadata> {
  const { deviceId } = await params
  return { title: decodeURIComponent(deviceId) }
}

export default async function DevicePage({ params }: DevicePageProps) {
  const { deviceId } = await params
  return <DeviceView deviceId={decodeURIComponent(deviceId)} />
}
