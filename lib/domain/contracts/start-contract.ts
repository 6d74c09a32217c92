import { type Actor, actorName } from '@/lib/core/actor'
import { invariant, Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { formatMoney, zero } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { openMonthlyBudget } from '../budgets'
import { closePeriods, makeFinalInvoice } from '../invoices'
import { lockBalance } from '../ledger'
import { requireOperator } from '../members'
import { notify } from '../notifications'
import { hasPaymentMethod } from '../payment-methods'
import { type OperatorContractDto, operatorContractDto } from './dto'
import { parseTerms, requireRoom, type Terms, type TermsInput } from './rules'
import {
  approveOpenRequest,
  type ContractRow,
  closeContract,
  findContract,
  insertContract,
  readAccountBilling,
  readContracts,
  readLastSeq,
  saveBilled,
  saveBillingMode,
  saveTerms,
} from './store'

/**
 * Moves an account to post-paid from now on. Credit stays and is used first. The customer is told; an open request is approved by
 * it. For operators with the role finance or admin.
 * @throws Refusal `not_found`, `not_allowed`; `invalid_amount`, `amount_too_large` or `invalid_request` naming the field;
 *   `conflict` when a contract is in force, or more is outstanding than the credit limit; `no_payment_method` when the saved card
 *   is to be charged and there is none.
 */
export async function startContract(
  actor: Actor,
  input: { accountId: string } & TermsInput,
): Promise<OperatorContractDto> {
  await requireOperator(actor, 'platform:write')
  const { accountId } = input
  const terms = parseTerms(input)
  await requireAccount(accountId)
  const [at, contractId] = [await now(), newId()]
  await inTransaction(async (tx) => {
    const balance = await lockBalance(tx, accountId)
    if (await findContract(tx, accountId)) throw new Refusal('conflict', { message: 'A contract is in force already.' })
    requireRoom(terms.creditLimit, balance)
    await requireCard(tx, accountId, terms)
    const month = await openMonthlyBudget(tx, accountId, at)
    await insertContract(tx, {
      ...terms,
      accountId,
      contractId,
      startedAt: at,
      startedBy: actorName(actor),
      billedUntil: at > month.startsAt ? at : month.startsAt,
      billedSeq: await readLastSeq(tx, accountId),
      nextCloseAt: month.endsAt,
    })
    await saveBillingMode(tx, accountId, { mode: 'postpaid', creditLimit: terms.creditLimit })
    const requestId = await approveOpenRequest(tx, accountId, { by: actorName(actor), at })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'contract.started',
      before: { mode: 'prepaid' },
      after: { mode: 'postpaid', contractId, ...audited(terms), ...(requestId && { requestId }) },
      at,
    })
    await tell(tx, { accountId, contractId, mode: 'postpaid', terms, at })
  })
  return theContract(accountId, contractId)
}

/**
 * Changes the terms of the contract in force from now on. Invoices that are made already keep theirs. For operators with the
 * role finance or admin.
 * @throws Refusal as startContract; `not_found` when no contract is in force
 */
export async function changeContract(
  actor: Actor,
  input: { accountId: string } & TermsInput,
): Promise<OperatorContractDto> {
  await requireOperator(actor, 'platform:write')
  const { accountId } = input
  const terms = parseTerms(input)
  await requireAccount(accountId)
  const at = await now()
  const contractId = await inTransaction(async (tx) => {
    const balance = await lockBalance(tx, accountId)
    const contract = await requireContract(tx, accountId)
    requireRoom(terms.creditLimit, balance)
    await requireCard(tx, accountId, terms)
    await saveTerms(tx, contract, terms)
    await saveBillingMode(tx, accountId, { mode: 'postpaid', creditLimit: terms.creditLimit })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'contract.changed',
      before: audited(contract),
      after: audited(terms),
      at,
    })
    await tell(tx, { accountId, contractId: `${contract.contractId}/${at.getTime()}`, mode: 'postpaid', terms, at })
    return contract.contractId
  })
  return theContract(accountId, contractId)
}

/**
 * Moves an account back to prepaid from now on. What is outstanding and not yet invoiced is invoiced at once; until it is paid the
 * balance is below zero. For operators with the role finance or admin.
 * @throws Refusal `not_found` when no contract is in force, `not_allowed`
 */
export async function endContract(actor: Actor, { accountId }: { accountId: string }): Promise<OperatorContractDto> {
  await requireOperator(actor, 'platform:write')
  await requireAccount(accountId)
  const at = await now()
  const contractId = await inTransaction(async (tx) => {
    const { balance } = await lockBalance(tx, accountId)
    const contract = await requireContract(tx, accountId)
    const { billed } = await closePeriods(tx, contract, at)
    await saveBilled(tx, contract, billed)
    const finalInvoiceId = await makeFinalInvoice(tx, { ...contract, ...billed }, at)
    await closeContract(tx, contract, { at: at > contract.startedAt ? at : contract.startedAt, by: actorName(actor) })
    await saveBillingMode(tx, accountId, { mode: 'prepaid', creditLimit: zero(balance.currency) })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'contract.ended',
      before: { mode: 'postpaid', contractId: contract.contractId, ...audited(contract) },
      after: { mode: 'prepaid', balance: formatMoney(balance), finalInvoiceId },
      at,
    })
    await tell(tx, { accountId, contractId: contract.contractId, mode: 'prepaid', terms: contract, at })
    return contract.contractId
  })
  return theContract(accountId, contractId)
}

/** Every contract of an account, newest first. For operators. @throws Refusal `not_found` */
export async function listContracts(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<OperatorContractDto[]> {
  await requireOperator(actor, 'operator:read')
  await requireAccount(accountId)
  return (await readContracts(pool(), accountId)).map(operatorContractDto)
}

async function requireAccount(accountId: string): Promise<void> {
  const billing = isId(accountId) ? await readAccountBilling(pool(), accountId) : null
  if (!billing) throw new Refusal('not_found', { message: 'There is no such account.' })
}

async function requireContract(tx: Tx, accountId: string): Promise<ContractRow> {
  const contract = await findContract(tx, accountId)
  if (contract) return contract
  throw new Refusal('not_found', { message: 'The account is prepaid: no contract is in force.' })
}

async function requireCard(tx: Tx, accountId: string, { collection }: Terms): Promise<void> {
  if (collection !== 'charge_automatically' || (await hasPaymentMethod(tx, accountId))) return
  throw new Refusal('no_payment_method', {
    field: 'collection',
    message: 'There is no saved card to charge. Have the customer add one, or send invoices instead.',
  })
}

async function theContract(accountId: string, contractId: string): Promise<OperatorContractDto> {
  const contract = (await readContracts(pool(), accountId)).find((row) => row.contractId === contractId)
  invariant(contract, 'a contract is never deleted')
  return operatorContractDto(contract)
}

const audited = ({ creditLimit, paymentTermsDays, collection, poNumber, note }: Terms) => ({
  creditLimit: formatMoney(creditLimit),
  paymentTermsDays,
  collection,
  poNumber,
  note,
})

/** Tells the customer how the account is billed from now on. */
const tell = (
  tx: Tx,
  {
    accountId,
    contractId,
    mode,
    terms,
    at,
  }: {
    accountId: string
    contractId: string
    mode: 'prepaid' | 'postpaid'
    terms: Terms
    at: Date
  },
): Promise<void> =>
  notify(tx, {
    accountId,
    kind: 'billing_mode_changed',
    cause: `contract:${contractId}/${mode}`,
    facts: {
      mode,
      creditLimit: mode === 'postpaid' ? formatMoney(terms.creditLimit) : null,
      paymentTermsDays: terms.paymentTermsDays,
      isCharged: terms.collection === 'charge_automatically',
    },
    at,
  })
