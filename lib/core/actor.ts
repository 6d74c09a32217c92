/** Who asks. The first parameter of every verb; the verb's first line checks what this actor may do. */
export type Actor =
  /** A signed-in person. What they may do depends on their membership of the account, read at the time of the call. */
  | { kind: 'user'; userId: string; sessionId?: string | undefined; ip?: string | undefined }
  /** The platform's gateway, by its service key. */
  | { kind: 'service'; keyId: string; scopes: string[]; ip?: string | undefined }
  /** A program of one account, by the account's own API key: it may read with the scope `read`, in this account alone. */
  | { kind: 'api_key'; accountId: string; keyId: string; scopes: string[]; ip?: string | undefined }
  /** Somebody who is not signed in. May do what needs no account, such as asking for a sign-in link. */
  | { kind: 'visitor'; ip?: string | undefined }
  /** Our own worker or a script run by the operator on the server. */
  | { kind: 'system'; name: string }

export const system = (name: string): Actor => ({ kind: 'system', name })

/** How the audit log names an actor. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'user') return `user:${actor.userId}`
  if (actor.kind === 'service') return `service_key:${actor.keyId}`
  if (actor.kind === 'api_key') return `api_key:${actor.keyId}`
  if (actor.kind === 'visitor') return 'visitor'
  return `system:${actor.name}`
}
