import { idOfText } from '@/lib/core/text-id'

/**
 * The id of the hold that a caller's key stands for. Made of the account and the key, so that the primary key itself makes the
 * same key the same hold.
 */
export const holdIdOf = (accountId: string, idempotencyKey: string): string =>
  idOfText(`purse.hold.v1\n${accountId}\n${idempotencyKey}`)
