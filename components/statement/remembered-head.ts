/** The head of the chain that this browser verified last, kept in this browser alone. */
export interface RememberedHead {
  seq: number
  hash: string
  /** When it was verified. */
  at: string
}

const keyOf = (accountId: string): string => `purse.verified.${accountId}`

export function readRememberedHead(accountId: string): RememberedHead | null {
  try {
    const value = JSON.parse(localStorage.getItem(keyOf(accountId)) ?? 'null') as Partial<RememberedHead> | null
    const isWhole = Number.isSafeInteger(value?.seq) && /^[0-9a-f]{64}$/.test(value?.hash ?? '') && Boolean(value?.at)
    return isWhole ? (value as RememberedHead) : null
  } catch {
    return null
  }
}

/** Keeps a head that was verified without a difference. Without storage (a private window) the next time is the first again. */
export function rememberHead(accountId: string, head: RememberedHead): void {
  try {
    localStorage.setItem(keyOf(accountId), JSON.stringify(head))
  } catch {}
}
