import { budgetInvariants } from './budget-invariants'
import { grantInvariants } from './grant-invariants'
import { houseInvariants } from './house-invariants'
import { invoiceInvariants } from './invoice-invariants'
import { ledgerInvariants } from './ledger-invariants'
import type { Extent } from './parts'
import { purchaseInvariants } from './purchase-invariants'
import { takeBackInvariants } from './take-back-invariants'
import { usageInvariants } from './usage-invariants'

/**
 * What must hold in the books at any moment. Numbered I… where the ledger literature's usual list has it, B… where it is our
 * own.
 */
export interface Invariant {
  id: string
  title: string
  /** Queries that return the rows that break it, as (account_id, detail). Each reads a part of a large table; none needs another. */
  queries: (extent: Extent) => string[]
}

const place = ({ id }: Invariant) => Number(id.slice(1)) + (id.startsWith('B') ? 1000 : 0)

export const invariants: Invariant[] = [
  ...ledgerInvariants,
  ...purchaseInvariants,
  ...takeBackInvariants,
  ...usageInvariants,
  ...budgetInvariants,
  ...grantInvariants,
  ...houseInvariants,
  ...invoiceInvariants,
].sort((a, b) => place(a) - place(b))
