import type { BudgetDto } from '../budgets'
import { type ApiKeyScope, type ApiKeyState, apiKeyState, shownKey } from './rules'
import type { ApiKeyRow } from './store'

/** An API key as its account sees it: everything but the secret. */
export interface ApiKeyDto {
  keyId: string
  name: string
  /** The public beginning and the last four characters: enough to tell keys apart, and nothing to use. */
  shown: string
  state: ApiKeyState
  scopes: ApiKeyScope[]
  /** The member whose usage it makes. */
  member: { id: string; name: string }
  createdByName: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  /** Until when the secret from before the last rotation still works; null: it does not. */
  graceUntil: string | null
  revokedAt: string | null
  /** What its usage cost in the account's billing month. */
  spentThisMonth: string
  budgets: BudgetDto[]
}

export const apiKeyDto = (
  row: ApiKeyRow,
  at: Date,
  { spentThisMonth, budgets }: { spentThisMonth: string; budgets: BudgetDto[] },
): ApiKeyDto => ({
  keyId: row.keyId,
  name: row.name,
  shown: shownKey(row.publicId, row.lastFour),
  state: apiKeyState(row, at),
  scopes: row.scopes,
  member: { id: row.memberUserId, name: row.memberName },
  createdByName: row.createdByName,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  graceUntil: row.graceUntil && row.graceUntil > at ? row.graceUntil.toISOString() : null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
  spentThisMonth,
  budgets: budgets.filter(({ scope, subject }) => scope === 'key' && subject.id === row.keyId),
})
