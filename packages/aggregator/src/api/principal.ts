// Who calls: established once per request by the authenticator, checked once per procedure by its policy.
export const ROLES = ['viewer', 'operator', 'admin'] as const
/** viewer reads; operator also acts on devices; admin also sets up the centre. Each may do what those before it may. */
export type Role = (typeof ROLES)[number]

export interface Principal {
  tenantId: string
  role: Role
  /** Who it is in logs and rate limits: a token's name, `local` on an open loopback centre. */
  subject: string
}

/** The least role that may call a procedure. */
export type Policy = Role

export function mayCall(role: Role, policy: Policy): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(policy)
}
