import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { pool } from '@/lib/edges/db'
import { type BillingProfileDto, getBillingProfile, getStanding, type StandingDto } from '../accounts'
import { type AutoTopUpDto, getAutoTopUp } from '../auto-top-up'
import { type BillingModeDto, getBillingMode, listContracts, type OperatorContractDto } from '../contracts'
import { type DisputeDto, listDisputes } from '../disputes'
import { type FraudWarningDto, listFraudWarnings } from '../fraud-warnings'
import { type GrantDto, listGrants } from '../grants'
import { type InvoiceDto, listInvoicesForOperator } from '../invoices'
import { listMovements, type MovementDto } from '../ledger'
import { billingContacts, requireOperator } from '../members'
import { listPaymentMethods, type PaymentMethodDto, readBillingFacts } from '../payment-methods'
import { listPurchases, type PurchaseDto } from '../purchases'
import { listRefunds, type RefundDto } from '../refunds'

/** One account's whole story, as operators see it. */
export interface AccountStoryDto {
  standing: StandingDto
  profile: BillingProfileDto
  /** Who is told about its money. */
  contacts: string[]
  stripeCustomerId: string | null
  billing: BillingModeDto
  /** Every one, newest first. */
  contracts: OperatorContractDto[]
  invoices: InvoiceDto[]
  purchases: PurchaseDto[]
  refunds: RefundDto[]
  disputes: DisputeDto[]
  fraudWarnings: FraudWarningDto[]
  grants: GrantDto[]
  autoTopUp: AutoTopUpDto
  paymentMethods: PaymentMethodDto[]
  movements: MovementDto[]
}

const movementsShown = 12

/** @throws Refusal `not_found`, also for everybody who is no operator */
export async function getAccountStory(actor: Actor, { accountId }: { accountId: string }): Promise<AccountStoryDto> {
  await requireOperator(actor, 'operator:read')
  if (!isId(accountId)) throw new Refusal('not_found', { message: 'There is no such account.' })
  const { stripeCustomerId } = await readBillingFacts(pool(), accountId)
  // An operator is no member: what members see is read as the house itself.
  const reader = system('operator pages')
  const account = { accountId }
  const [standing, profile, contacts, billing, contracts, invoices, fraudWarnings] = await Promise.all([
    getStanding(reader, account),
    getBillingProfile(reader, account),
    billingContacts(accountId),
    getBillingMode(reader, account),
    listContracts(actor, account),
    listInvoicesForOperator(actor, account),
    listFraudWarnings(actor, account),
  ])
  const [purchases, refunds, disputes, grants, autoTopUp, paymentMethods, movements] = await Promise.all([
    listPurchases(reader, { ...account, hasInvoices: true }),
    listRefunds(reader, account),
    listDisputes(reader, account),
    listGrants(reader, account),
    getAutoTopUp(reader, account),
    listPaymentMethods(reader, account),
    listMovements(reader, { accountId, limit: movementsShown }),
  ])
  return {
    standing,
    profile,
    contacts,
    stripeCustomerId,
    billing,
    contracts,
    invoices,
    purchases,
    refunds,
    disputes,
    fraudWarnings,
    grants,
    autoTopUp,
    paymentMethods,
    movements,
  }
}
