import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { requireOperator } from '../members'
import type { OperatorContractDto } from './dto'
import { parseTerms, type TermsInput } from './rules'

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
  parseTerms(input)
  throw notYet()
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
  parseTerms(input)
  throw notYet()
}

/**
 * Moves an account back to prepaid from now on. What is outstanding and not yet invoiced is invoiced at once; until it is paid the
 * balance is below zero. For operators with the role finance or admin.
 * @throws Refusal `not_found` when no contract is in force, `not_allowed`
 */
export async function endContract(actor: Actor, _input: { accountId: string }): Promise<OperatorContractDto> {
  await requireOperator(actor, 'platform:write')
  throw notYet()
}

/** Every contract of an account, newest first. For operators. @throws Refusal `not_found` */
export async function listContracts(actor: Actor, _input: { accountId: string }): Promise<OperatorContractDto[]> {
  await requireOperator(actor, 'operator:read')
  throw notYet()
}

const notYet = () => new Refusal('temporarily_unavailable', { message: 'Post-paid cannot be used yet.' })
