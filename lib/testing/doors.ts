/**
 * What every door of the dashboard needs, one line each. `lib/http/doors.db.test.ts` finds the doors by their files: one
 * without a line here fails there. It calls each as every kind of person and compares who is let in with
 * `lib/domain/members/rules.ts`; and it looks for the audit entry of each door that writes.
 */
import { newId } from '@/lib/core/ids'
import type { Action, OperatorAction } from '@/lib/domain/members/rules'
import { aContract, type DoorWorld } from './door-world'

export interface Door {
  /** What a member's role must allow; `person`: anybody who is signed in, for themselves. */
  needs: Action | OperatorAction | 'person'
  /** The body of a POST that its schema accepts. */
  sends?: object | ((world: DoorWorld) => object | Promise<object>)
  /** The query of a GET, without the question mark. */
  asks?: string
  /** The audit entry that a change leaves. */
  audits?: string
  /** Why a POST leaves none. */
  unaudited?: string
  /** The status that the first who may gets, where it is not 2xx. */
  answers?: number
}

const preview = 'works something out and changes nothing'
const own = "concerns the person's own log-in or browser, no account"
const house = 'concerns every account, and is kept in a log of its own'

const plan = { isOn: false, minimum: '5.00', mode: 'amount', amount: '10.00', target: '50.00', monthlyLimit: null }
const profile = {
  accountName: 'Analytical Engines',
  billingName: 'Ada',
  billingEmail: 'ada@example.com',
  addressLine1: '',
  addressLine2: '',
  addressCity: '',
  addressState: '',
  addressPostalCode: '',
  addressCountry: '',
  taxIdType: null,
  taxIdValue: null,
  timeZone: 'UTC',
}
const promotion = () => ({ amount: '1.00', expiresOn: null, reason: 'thanks', idempotencyKey: newId() })
const newKey = ({ people }: DoorWorld) => ({
  name: 'Nightly',
  scopes: ['spend'],
  member: people.owner!.userId,
  expiresInDays: null,
})
const newBudget = ({ people }: DoorWorld) => ({
  scope: 'member',
  subject: people.owner!.userId,
  window: 'monthly',
  limit: '10.00',
})
const terms = { creditLimit: '500.00', paymentTermsDays: 30, collection: 'send_invoice' }
const newAddress = () => `${newId()}@example.com`

const a = '/api/accounts/[accountId]'
const o = '/api/operator'

export const doors: Record<string, Door> = {
  [`GET ${a}/standing`]: { needs: 'account:read' },
  [`GET ${a}/movements`]: { needs: 'account:read' },
  [`GET ${a}/receipts`]: { needs: 'account:read' },
  [`GET ${a}/disputes`]: { needs: 'account:read' },
  [`GET ${a}/usage-days`]: { needs: 'account:read' },
  [`GET ${a}/billing-profile`]: { needs: 'account:read' },
  [`POST ${a}/billing-profile`]: { needs: 'billing:write', sends: profile, audits: 'billing_profile.save' },
  [`POST ${a}/monthly-cap`]: {
    needs: 'billing:write',
    sends: { limit: '40.00', warnAtPercent: [80] },
    audits: 'monthly_cap.set',
  },
  [`POST ${a}/monthly-cap/preview`]: { needs: 'account:read', sends: { limit: '40.00' }, unaudited: preview },

  [`GET ${a}/auto-top-up`]: { needs: 'account:read' },
  [`POST ${a}/auto-top-up`]: { needs: 'billing:write', sends: plan, audits: 'auto_top_up.saved' },
  [`POST ${a}/auto-top-up/preview`]: { needs: 'account:read', sends: plan, unaudited: preview },
  [`POST ${a}/auto-top-up/resume`]: {
    needs: 'billing:write',
    answers: 409,
    unaudited: 'nothing is paused here; a pause that is lifted is audited',
  },
  [`GET ${a}/auto-top-up/timeline`]: { needs: 'account:read' },

  [`GET ${a}/payment-methods`]: { needs: 'account:read' },
  [`POST ${a}/payment-methods`]: { needs: 'billing:write', unaudited: 'audited when the card is there' },
  [`POST ${a}/payment-methods/[paymentMethodId]/default`]: {
    needs: 'billing:write',
    audits: 'payment_method.default_set',
  },
  [`POST ${a}/payment-methods/[paymentMethodId]/remove`]: { needs: 'billing:write', audits: 'payment_method.removed' },

  [`GET ${a}/purchases`]: { needs: 'account:read' },
  [`POST ${a}/purchases`]: { needs: 'billing:write', sends: { amount: '10.00' }, audits: 'purchase.started' },
  [`POST ${a}/purchases/find`]: { needs: 'billing:write', unaudited: 'audited with each payment that it finds' },
  [`GET ${a}/purchases/[purchaseId]`]: { needs: 'account:read' },
  [`POST ${a}/purchases/[purchaseId]/cancel`]: {
    needs: 'billing:write',
    unaudited: 'the purchase at hand is paid and stays so; a canceled one is audited',
  },
  [`GET ${a}/purchases/[purchaseId]/refunds`]: { needs: 'account:read' },
  [`POST ${a}/purchases/[purchaseId]/refunds`]: { needs: 'billing:write', sends: { amount: '1.00' }, audits: 'refund' },
  [`POST ${a}/purchases/[purchaseId]/refunds/preview`]: { needs: 'account:read', unaudited: preview },

  [`GET ${a}/fault-lab`]: { needs: 'account:read' },
  [`POST ${a}/fault-lab`]: {
    needs: 'billing:write',
    sends: { play: { kind: 'heal' } },
    unaudited: 'what it plays is audited where it happens',
  },

  [`GET ${a}/billing-mode`]: { needs: 'account:read' },
  [`POST ${a}/post-paid-requests`]: {
    needs: 'billing:write',
    sends: { expectedMonthly: '500.00', note: 'Our accounting pays by invoice' },
    audits: 'postpaid_request.asked',
  },
  [`POST ${a}/post-paid-requests/[requestId]/withdraw`]: {
    needs: 'billing:write',
    audits: 'postpaid_request.withdrawn',
  },
  [`GET ${a}/invoices`]: { needs: 'account:read' },
  [`GET ${a}/invoices/[invoiceId]`]: { needs: 'account:read' },
  [`POST ${a}/invoices/[invoiceId]/check`]: {
    needs: 'account:read',
    unaudited: 'a payment that it finds is a movement of the ledger',
  },

  [`GET ${a}/usage/export`]: { needs: 'account:read', asks: 'from=2026-01-01&to=2026-01-31' },
  [`GET ${a}/statement`]: { needs: 'account:read' },
  [`GET ${a}/statement/csv`]: { needs: 'account:read' },
  [`GET ${a}/statement/hledger`]: { needs: 'account:read' },
  [`GET ${a}/statement/beancount`]: { needs: 'account:read' },
  [`GET ${a}/statement/proof`]: { needs: 'account:read' },

  [`GET ${a}/api-keys`]: { needs: 'account:read' },
  [`POST ${a}/api-keys`]: { needs: 'keys:write', sends: newKey, audits: 'api_key.created' },
  [`POST ${a}/api-keys/[keyId]/rename`]: { needs: 'keys:write', sends: { name: 'CI' }, audits: 'api_key.renamed' },
  [`POST ${a}/api-keys/[keyId]/rotate`]: { needs: 'keys:write', sends: { graceHours: 1 }, audits: 'api_key.rotated' },
  [`POST ${a}/api-keys/[keyId]/revoke`]: { needs: 'keys:write', audits: 'api_key.revoked' },
  [`GET ${a}/budgets`]: { needs: 'account:read' },
  [`POST ${a}/budgets`]: { needs: 'budgets:write', sends: newBudget, audits: 'budget.set' },
  [`POST ${a}/budgets/[budgetId]/remove`]: { needs: 'budgets:write', audits: 'budget.removed' },
  [`POST ${a}/budgets/[budgetId]/requests`]: {
    needs: 'budgets:request',
    sends: { limit: '20.00', reason: 'a larger model' },
    audits: 'budget_request.asked',
  },
  [`GET ${a}/budget-requests`]: { needs: 'account:read' },
  [`POST ${a}/budget-requests/[requestId]/decide`]: {
    needs: 'budgets:write',
    sends: { decision: 'approve' },
    audits: 'budget_request.approved',
  },
  [`GET ${a}/notifications`]: { needs: 'account:read' },
  [`POST ${a}/notifications/read`]: {
    needs: 'account:read',
    sends: { until: '2026-01-01T00:00:00Z' },
    unaudited: 'only what the person has seen',
  },
  [`GET ${a}/notification-choices`]: { needs: 'account:read' },
  [`POST ${a}/notification-choices`]: {
    needs: 'account:read',
    sends: { choices: [{ topic: 'paused', channel: 'in_app', isOn: false }] },
    audits: 'notifications.chosen',
  },
  [`POST ${a}/notification-choices/webhook`]: {
    needs: 'account:read',
    sends: { url: 'https://hooks.slack.com/services/T/B/x' },
    audits: 'notifications.webhook_set',
  },
  [`POST ${a}/notification-choices/webhook/test`]: {
    needs: 'account:read',
    answers: 404,
    unaudited: 'posts a test message and changes nothing',
  },
  [`POST ${a}/notification-choices/low-balance`]: {
    needs: 'billing:write',
    sends: { threshold: '7.00' },
    audits: 'low_balance.set',
  },
  [`GET ${a}/limits`]: { needs: 'account:read' },
  [`POST ${a}/limits/requests`]: {
    needs: 'budgets:request',
    sends: { kind: 'requests', reason: 'A launch' },
    audits: 'limit_request.asked',
  },
  [`POST ${a}/limits/requests/[limitRequestId]/withdraw`]: {
    needs: 'budgets:request',
    audits: 'limit_request.withdrawn',
  },
  [`POST ${a}/budget-requests/[requestId]/withdraw`]: { needs: 'budgets:request', audits: 'budget_request.withdrawn' },

  [`GET ${a}/members`]: { needs: 'account:read' },
  [`POST ${a}/members/[userId]/role`]: {
    needs: 'members:write',
    sends: { role: 'developer' },
    audits: 'member.role_changed',
  },
  [`POST ${a}/members/[userId]/remove`]: { needs: 'members:write', audits: 'member.removed' },
  [`POST ${a}/leave`]: { needs: 'account:read', answers: 409, unaudited: 'the only owner cannot; others are audited' },
  [`POST ${a}/switch`]: { needs: 'account:read', unaudited: own },
  [`GET ${a}/invitations`]: { needs: 'members:write' },
  [`POST ${a}/invitations`]: {
    needs: 'members:write',
    sends: () => ({ email: newAddress(), role: 'viewer' }),
    audits: 'invitation.sent',
  },
  [`POST ${a}/invitations/[invitationId]/resend`]: { needs: 'members:write', audits: 'invitation.resent' },
  [`POST ${a}/invitations/[invitationId]/revoke`]: { needs: 'members:write', audits: 'invitation.revoked' },
  [`GET ${a}/audit`]: { needs: 'audit:read' },
  [`GET ${a}/audit/export`]: { needs: 'audit:read' },

  'GET /api/accounts': { needs: 'person' },
  'POST /api/accounts': { needs: 'person', sends: { name: 'Another' }, unaudited: 'audited on the account it opens' },
  'POST /api/invitations/accept': {
    needs: 'person',
    sends: { token: 'x' },
    answers: 404,
    unaudited: 'audited on the account that is joined',
  },
  'POST /api/locale': { needs: 'person', sends: { locale: 'de' }, unaudited: own },
  'GET /api/sessions': { needs: 'person' },
  'POST /api/sessions/end': { needs: 'person', sends: { keepThis: true }, unaudited: own },
  'POST /api/sessions/[sessionId]/end': { needs: 'person', answers: 404, unaudited: own },

  [`GET ${o}/accounts/[accountId]/auto-top-up`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/promotions`]: {
    needs: 'credit:give',
    sends: promotion,
    audits: 'promotion.given',
  },
  [`GET ${o}/accounts/[accountId]/purchases/[purchaseId]/refunds`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/purchases/[purchaseId]/refunds`]: {
    needs: 'refund:write',
    sends: { amount: '1.00' },
    audits: 'refund',
  },
  [`POST ${o}/accounts/[accountId]/purchases/[purchaseId]/refunds/preview`]: {
    needs: 'operator:read',
    unaudited: preview,
  },
  [`GET ${o}/accounts/[accountId]/limits`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/limits`]: {
    needs: 'platform:write',
    sends: { requestsPerMinute: 600 },
    audits: 'request_limit.set',
  },
  [`GET ${o}/accounts/[accountId]/contract`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/contract`]: { needs: 'platform:write', sends: terms, audits: 'contract.started' },
  [`POST ${o}/accounts/[accountId]/contract/change`]: {
    needs: 'platform:write',
    sends: async (world) => {
      await aContract(world)
      return { ...terms, creditLimit: '750.00' }
    },
    audits: 'contract.changed',
  },
  [`POST ${o}/accounts/[accountId]/contract/end`]: {
    needs: 'platform:write',
    sends: async (world) => {
      await aContract(world)
      return {}
    },
    audits: 'contract.ended',
  },
  [`GET ${o}/accounts/[accountId]/invoices`]: { needs: 'operator:read' },
  [`GET ${o}/accounts/[accountId]/invoices/[invoiceId]`]: { needs: 'operator:read' },
  [`GET ${o}/post-paid-requests`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/post-paid-requests/[requestId]/decide`]: {
    needs: 'platform:write',
    sends: { decision: 'decline', note: 'Not before your first invoice' },
    audits: 'postpaid_request.declined',
  },
  [`GET ${o}/limit-requests`]: { needs: 'operator:read' },
  [`POST ${o}/accounts/[accountId]/limit-requests/[limitRequestId]/decide`]: {
    needs: 'platform:write',
    sends: { decision: 'grant', limits: { requestsPerMinute: 600 } },
    audits: 'limit_request.granted',
  },
  [`GET ${o}/auto-top-up/activity`]: { needs: 'operator:read' },
  [`GET ${o}/auto-top-up/switches`]: { needs: 'operator:read' },
  [`POST ${o}/auto-top-up/switches`]: {
    needs: 'platform:write',
    sends: { name: 'dry_run', isOn: false, reason: 'a test' },
    unaudited: house,
  },
  [`POST ${o}/auto-top-up/breaker/reset`]: {
    needs: 'platform:write',
    sends: { reason: 'a test' },
    answers: 409,
    unaudited: house,
  },
  [`GET ${o}/drift`]: { needs: 'operator:read' },
  [`POST ${o}/drift`]: { needs: 'platform:write', unaudited: house },
  [`GET ${o}/drift/[reportId]`]: { needs: 'operator:read' },
  [`GET ${o}/stripe-alarms`]: { needs: 'operator:read' },
  [`GET ${o}/stripe-events`]: { needs: 'operator:read' },
  [`POST ${o}/stripe-events`]: {
    needs: 'platform:write',
    sends: { event: 'evt_none' },
    answers: 404,
    unaudited: 'what the event leads to is audited',
  },
}

/** Doors that no session opens. */
export const otherDoors: Record<string, string> = {
  '/api/auth/[...nextauth]': 'signing in and out: lib/http/sign-in.db.test.ts',
  '/api/webhooks/stripe': "opened by Stripe's signature: lib/domain/stripe-events/webhook.db.test.ts",
}
