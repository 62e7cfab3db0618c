// Devices, their connections and epochs: what hello, presence and status change.
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { Queryable } from '../database/database.ts'

export interface DeviceKey {
  tenantId: string
  deviceId: string
}

/** The identity of this database; made once, new after a restore (rule A8). */
export async function readIncarnation(db: Queryable, fresh: string): Promise<string> {
  await db.query('INSERT INTO incarnation (id) VALUES ($1) ON CONFLICT DO NOTHING', [fresh])
  const [row] = await db.query<{ id: string }>('SELECT id FROM incarnation')
  return row?.id ?? fresh
}

export interface DeviceStanding {
  currentEpoch: string | null
  isRevoked: boolean
}

/** Locks the device's row, registering it when it is new. */
export async function lockDevice(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  name: string,
): Promise<DeviceStanding> {
  await tx.query(
    'INSERT INTO devices (tenant_id, device_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tenantId, deviceId, name],
  )
  const [row] = await tx.query<{ current_epoch: string | null; revoked: boolean }>(
    'SELECT current_epoch, revoked_at IS NOT NULL AS revoked FROM devices WHERE tenant_id = $1 AND device_id = $2 FOR UPDATE',
    [tenantId, deviceId],
  )
  return { currentEpoch: row?.current_epoch ?? null, isRevoked: row?.revoked ?? false }
}

export interface EpochStanding {
  hwm: number
  /** Highest seq that was ever received. */
  maxReceived: number
  isClosed: boolean
}

export async function readEpoch(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  epoch: string,
): Promise<EpochStanding | null> {
  const [row] = await tx.query<{ hwm: number; closed: boolean; max_received: number | null }>(
    `SELECT e.hwm, e.closed_at IS NOT NULL AS closed,
       (SELECT max(r.seq) FROM receipts r WHERE r.tenant_id = $1 AND r.device_id = $2 AND r.epoch = $3) AS max_received
     FROM epochs e WHERE e.tenant_id = $1 AND e.device_id = $2 AND e.epoch = $3`,
    [tenantId, deviceId, epoch],
  )
  return row
    ? { hwm: Number(row.hwm), maxReceived: Number(row.max_received ?? 0), isClosed: row.closed }
    : null
}

/** Content hash of one received entry as hex; null when it was never received. */
export async function receiptHash(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  epoch: string,
  seq: number,
): Promise<string | null> {
  const [row] = await tx.query<{ hash: string }>(
    "SELECT encode(hash, 'hex') AS hash FROM receipts WHERE tenant_id = $1 AND device_id = $2 AND epoch = $3 AND seq = $4",
    [tenantId, deviceId, epoch, seq],
  )
  return row?.hash ?? null
}

/** The device goes on in `epoch`; every other one is closed with where it ended (rule A2). */
export async function enterEpoch(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  epoch: string,
): Promise<void> {
  await tx.query(
    `UPDATE epochs SET closed_at = now(), close_reason = 'the device began another' WHERE tenant_id = $1 AND device_id = $2
       AND epoch <> $3 AND closed_at IS NULL`,
    [tenantId, deviceId, epoch],
  )
  await tx.query(
    'INSERT INTO epochs (tenant_id, device_id, epoch) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tenantId, deviceId, epoch],
  )
  await tx.query('UPDATE devices SET current_epoch = $3 WHERE tenant_id = $1 AND device_id = $2', [
    tenantId,
    deviceId,
    epoch,
  ])
}

/** Takes over what the hello says and gives the connection its lease: older ones are fenced off from now on (rule A3). */
export async function greetDevice(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  hello: Hello,
): Promise<number> {
  const [row] = await tx.query<{ lease: number }>(
    `UPDATE devices SET name = $3, agent_version = $4, pack = $5::jsonb, spaces = $6::jsonb, boot_id = $7, lease = lease + 1,
       presence = 'online', presence_at = now(),
       last_hello_at = now() WHERE tenant_id = $1 AND device_id = $2 RETURNING lease`,
    [
      tenantId,
      deviceId,
      hello.name,
      hello.agentVersion,
      JSON.stringify(hello.pack),
      JSON.stringify(hello.spaces),
      hello.bootId,
    ],
  )
  await tx.query(
    'UPDATE epochs SET max_seq_seen = greatest(max_seq_seen, $4) WHERE tenant_id = $1 AND device_id = $2 AND epoch = $3',
    [tenantId, deviceId, hello.epoch, hello.maxSeq],
  )
  return Number(row?.lease ?? 1)
}

/** `online` counts unless it was revoked; `offline` only from the connection that is known: a late will changes nothing. */
export async function setPresence(
  db: Queryable,
  { tenantId, deviceId }: DeviceKey,
  presence: { state: 'online' | 'offline'; bootId: string; connection: number },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE devices SET presence = $3, presence_at = now(), boot_id = $4, connection = $5
     WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NULL AND ($3 = 'online' OR boot_id IS NULL OR (boot_id = $4 AND connection <= $5))
     RETURNING device_id`,
    [tenantId, deviceId, presence.state, presence.bootId, presence.connection],
  )
  return rows.length > 0
}

/** After a start of the centre nobody is known to be connected: retained presence says it again within moments. */
export async function forgetPresence(db: Queryable, tenantId: string): Promise<void> {
  await db.query(
    "UPDATE devices SET presence = 'offline', presence_at = now() WHERE tenant_id = $1 AND presence = 'online'",
    [tenantId],
  )
}

/** False for a device that is not known or was revoked: nothing was changed then. */
export async function setStatus(
  db: Queryable,
  { tenantId, deviceId }: DeviceKey,
  epoch: string,
  status: DeviceStatus,
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE devices SET last_status = $3::jsonb, last_status_at = now()
     WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NULL RETURNING device_id`,
    [tenantId, deviceId, JSON.stringify(status)],
  )
  if (rows.length === 0) return false
  await db.query(
    'UPDATE epochs SET max_seq_seen = greatest(max_seq_seen, $4) WHERE tenant_id = $1 AND device_id = $2 AND epoch = $3',
    [tenantId, deviceId, epoch, status.sync.maxSeq],
  )
  return true
}

export async function insertEnrolToken(
  db: Queryable,
  tenantId: string,
  token: { hash: Uint8Array; expiresAt: Date; note: string },
): Promise<void> {
  await db.query(
    'INSERT INTO enrol_tokens (tenant_id, token_hash, expires_at, note) VALUES ($1, $2, $3, $4)',
    [tenantId, token.hash, token.expiresAt, token.note],
  )
}

/** Marks a token as used; false when it is unknown, used or expired. Of many at once one succeeds. */
export async function redeemToken(
  tx: Queryable,
  tenantId: string,
  tokenHash: Uint8Array,
  usedBy: string,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE enrol_tokens SET used_at = now(), used_by = $3 WHERE tenant_id = $1 AND token_hash = $2 AND used_at IS NULL
       AND expires_at > now() RETURNING token_hash`,
    [tenantId, tokenHash, usedBy],
  )
  return rows.length > 0
}

/** Sets a device's credential; false when the id belongs to an enrolled device already. */
export async function setCredential(
  tx: Queryable,
  { tenantId, deviceId }: DeviceKey,
  name: string,
  credentialHash: string,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO devices (tenant_id, device_id, name, credential_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, device_id) DO UPDATE SET name = excluded.name, credential_hash = excluded.credential_hash
       WHERE devices.credential_hash IS NULL AND devices.revoked_at IS NULL
     RETURNING device_id`,
    [tenantId, deviceId, name, credentialHash],
  )
  return rows.length > 0
}

export async function credentialOf(db: Queryable, { tenantId, deviceId }: DeviceKey): Promise<string | null> {
  const [row] = await db.query<{ credential_hash: string | null }>(
    'SELECT credential_hash FROM devices WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NULL',
    [tenantId, deviceId],
  )
  return row?.credential_hash ?? null
}
