// Contract: the centre's way to the devices. What arrives may be lost, doubled or late; nothing above relies on more.

export type BusHandler = (topic: string, payload: Uint8Array) => void

export interface FleetBus {
  /** What is known of the broker, for /healthz; the version is null until the broker has said it. */
  readonly description: { kind: string; version: string | null }
  /** True while the broker has confirmed every subscription of this connection. */
  readonly connected: boolean
  /** Connects, and connects again, until `signal` fires. */
  run(signal: AbortSignal): Promise<void>
  /** Before `run`; holds over every reconnect. */
  subscribe(filter: string, handler: BusHandler): void
  /** At QoS 1. @throws FleetError UNAVAILABLE when the broker is not connected. */
  publish(topic: string, payload: Uint8Array): Promise<void>
}
