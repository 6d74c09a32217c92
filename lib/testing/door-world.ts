/** People of every kind around one account, and what the doors of the account are about. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { newId } from '@/lib/core/ids'
import { signUp } from '@/lib/domain/accounts'
import { createApiKey } from '@/lib/domain/api-keys'
import { askForMore, setBudget } from '@/lib/domain/budgets'
import { endContract, getBillingMode, requestPostPaid, startContract } from '@/lib/domain/contracts'
import { listInvoices } from '@/lib/domain/invoices'
import { addMember, makeOperator } from '@/lib/domain/members'
import { operatorRoles, type Role, roles } from '@/lib/domain/members/rules'
import { inviteMember } from '@/lib/domain/people'
import { startReconciliation } from '@/lib/domain/reconciliation'
import { askOperatorForMore } from '@/lib/domain/tiers'
import { inTransaction, query } from '@/lib/edges/db'
import { anAccount, publishTestPrices, tester } from './builders'
import type { MoneyIn } from './money-in'
import { aPurchase } from './take-backs'
import { saveCard, use } from './top-ups'

export interface Person {
  userId: string
  email: string
  /** What their browser sends. */
  cookie: string
}

export interface DoorWorld {
  accountId: string
  /** Members by role, operators by "operator:<role>", and a stranger who belongs to another account alone. */
  people: Record<string, Person>
}

/** Signs a person in, without the mail: the session's row and the cookie that leads to it. */
export async function aSession(userId: string): Promise<{ cookie: string; sessionId: string }> {
  const token = randomBytes(32).toString('base64url')
  const sessionId = randomUUID()
  await query(
    `insert into sessions (id, session_token, user_id, expires) values ($1, $2, $3, now() + interval '30 days')`,
    [sessionId, createHash('sha256').update(token).digest('hex'), userId],
  )
  return { cookie: `purse.session=${token}`, sessionId }
}

/** A person who is signed in; they have an account of their own. */
export async function aPerson(email = `${randomUUID()}@example.com`): Promise<Person> {
  const { userId } = await signUp(tester, { email })
  return { userId, email, cookie: (await aSession(userId)).cookie }
}

/** A member of the account with a role, signed in. */
export async function aMember(accountId: string, role: Role): Promise<Person> {
  const person = await aPerson()
  await inTransaction((tx) => addMember(tx, { accountId, userId: person.userId, role, at: new Date() }))
  return person
}

export async function aDoorWorld(): Promise<DoorWorld> {
  const { accountId, userId, email } = await anAccount()
  const people: DoorWorld['people'] = { owner: { userId, email, cookie: (await aSession(userId)).cookie } }
  for (const role of roles) people[role] ??= await aMember(accountId, role)
  for (const role of operatorRoles) {
    const person = await aPerson()
    await makeOperator(tester, { userId: person.userId, role })
    people[`operator:${role}`] = person
  }
  people.stranger = await aPerson()
  return { accountId, people }
}

/** What a name in brackets stands for: something of the account that is really there. One line for each name. */
const things: Record<string, (world: DoorWorld, money: MoneyIn, path: string) => Promise<string>> = {
  accountId: async (world) => world.accountId,
  userId: async (world) => (await aMember(world.accountId, 'viewer')).userId,
  purchaseId: async (world, money) => (await aPurchase(money, { accountId: world.accountId })).purchaseId,
  paymentMethodId: async (world, money) => aSecondCard(world, money),
  invitationId: async ({ accountId }) =>
    (await inviteMember(tester, { accountId, email: `${newId()}@example.com`, role: 'viewer' })).invitationId,
  reportId: async () => (await startReconciliation(tester, {})).reportId,
  sessionId: async () => newId(),
  keyId: async ({ accountId, people }) => {
    const order = { name: 'Laptop', scopes: ['spend' as const], member: people.owner!.userId, expiresInDays: null }
    return (await createApiKey(tester, { accountId, ...order })).key.keyId
  },
  budgetId: async (world) => aBudget(world),
  requestId: async (world, _money, path) => {
    if (path.includes('/post-paid-requests/')) return aPostPaidRequest(world)
    const asked = {
      accountId: world.accountId,
      budgetId: await aBudget(world),
      limit: '20.00',
      reason: 'a larger model',
    }
    return (await askForMore({ kind: 'user', userId: world.people.owner!.userId }, asked)).requestId
  },
  invoiceId: async (world) => anInvoice(world),
  limitRequestId: async ({ accountId, people }) => {
    const owner = { kind: 'user' as const, userId: people.owner!.userId }
    return (await askOperatorForMore(owner, { accountId, kind: 'tier', reason: 'a contract' })).requestId
  },
}

/** What was outstanding when a contract ended. */
async function anInvoice(world: DoorWorld): Promise<string> {
  const { accountId } = world
  await publishTestPrices()
  await aContract(world)
  await use(accountId, 3)
  await endContract(tester, { accountId })
  const [invoice] = await listInvoices(tester, { accountId })
  return invoice!.invoiceId
}

async function aPostPaidRequest({ accountId, people }: DoorWorld): Promise<string> {
  const asked = { accountId, expectedMonthly: '500.00', note: 'Our accounting pays by invoice' }
  return (await requestPostPaid({ kind: 'user', userId: people.owner!.userId }, asked)).requestId
}

/** The account is post-paid, if it was not. */
export async function aContract({ accountId }: DoorWorld): Promise<void> {
  const { contract } = await getBillingMode(tester, { accountId })
  if (contract) return
  await startContract(tester, { accountId, creditLimit: '500.00', paymentTermsDays: 30, collection: 'send_invoice' })
}

async function aBudget({ accountId, people }: DoorWorld): Promise<string> {
  const subject = people.owner!.userId
  const budget = { accountId, scope: 'member', subject, window: 'daily', limit: '10.00' } as const
  return (await setBudget(tester, budget)).budgetId
}

/** The parameters of a door's address. */
export async function paramsOf(path: string, world: DoorWorld, money: MoneyIn): Promise<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const [, name = ''] of path.matchAll(/\[(\w+)\]/g)) {
    const make = things[name]
    if (!make) throw new Error(`Say in lib/testing/door-world.ts what [${name}] stands for.`)
    params[name] = await make(world, money, path)
  }
  return params
}

/** A card beside the default one. */
async function aSecondCard({ accountId }: DoorWorld, money: MoneyIn): Promise<string> {
  await aPurchase(money, { accountId })
  for (const _ of ['first', 'second']) await saveCard(money, accountId)
  const [card] = await query<{ id: string }>(
    'select payment_method_id as id from payment_methods where account_id = $1 and not is_default',
    [accountId],
  )
  return card!.id
}
