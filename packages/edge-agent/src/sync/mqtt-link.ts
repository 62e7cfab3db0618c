// Contract: one device's connection to the broker. It may be down for weeks; nobody above it waits for it.

export interface PublishOptions {
  qos: 0 | 1
  retain?: boolean
}

export interface MqttLink {
  readonly connected: boolean
  /** Times that a connection was made again after the first. */
  readonly reconnects: number
  /** Why the link is or was last down, in words; null while all is well. */
  readonly lastError: string | null
  /** Connects, and connects again with jitter, until `signal` fires; then says goodbye and resolves. */
  run(signal: AbortSignal): Promise<void>
  /** @throws FleetError UNAVAILABLE when the link is down; the caller sends again from its own store. */
  publish(topic: string, payload: Uint8Array | string, options: PublishOptions): Promise<void>
  onConnected(listener: (connection: number) => void): void
  onDisconnected(listener: () => void): void
  /** `isRetained`: the broker kept it from before this connection subscribed. */
  onMessage(listener: (topic: string, payload: Uint8Array, isRetained: boolean) => void): void
}
