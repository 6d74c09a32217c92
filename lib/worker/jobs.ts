/** One handler for each job: a verb, called as the system. Each may run twice. */
import type { Task, TaskList } from 'graphile-worker'
import { system } from '@/lib/core/actor'
import { runAutoTopUp } from '@/lib/domain/auto-top-up'
import { tellPostPaidRequest } from '@/lib/domain/contracts'
import { creditInvoices, runCreditNote, runInvoice } from '@/lib/domain/invoices'
import { sendNotification, sendWebhook } from '@/lib/domain/notifications'
import { settlePurchase } from '@/lib/domain/purchases'
import { runReconciliation, tellOfDrift } from '@/lib/domain/reconciliation'
import { runRefund, syncRefunds } from '@/lib/domain/refunds'
import { tellNewDevice } from '@/lib/domain/sessions'
import { processStripeEvent } from '@/lib/domain/stripe-events'
import { tellOperators } from '@/lib/domain/switches'
import { tellLimitRequest } from '@/lib/domain/tiers'
import type { Jobs } from '@/lib/edges/queue'
import { freeStuckJobs } from '@/lib/edges/queue/free-stuck-jobs'
import { type SweepName, sweeps } from './sweeps'

const worker = system('worker')

const handlers: { [Job in keyof Jobs]: (payload: Jobs[Job]) => Promise<unknown> } = {
  'settle-purchase': (payload) => settlePurchase(worker, payload),
  'run-auto-top-up': (payload) => runAutoTopUp(worker, payload),
  // The run sees for itself what the customer did, and lifts the pause.
  'resume-auto-top-up': ({ accountId }) => runAutoTopUp(worker, { accountId }),
  'process-stripe-event': (payload) => processStripeEvent(worker, payload),
  'send-notification': (payload) => sendNotification(worker, payload),
  'send-webhook': (payload) => sendWebhook(worker, payload),
  'run-refund': (payload) => runRefund(worker, payload),
  'sync-refunds': (payload) => syncRefunds(worker, payload),
  'run-reconciliation': (payload) => runReconciliation(worker, payload),
  'tell-of-drift': (payload) => tellOfDrift(worker, payload),
  'tell-operators': (payload) => tellOperators(worker, payload),
  'tell-limit-request': (payload) => tellLimitRequest(worker, payload),
  'tell-postpaid-request': (payload) => tellPostPaidRequest(worker, payload),
  'run-invoice': (payload) => runInvoice(worker, payload),
  'credit-invoices': (payload) => creditInvoices(worker, payload),
  'run-credit-note': (payload) => runCreditNote(worker, payload),
  'tell-new-device': (payload) => tellNewDevice(worker, payload),
}

const jobTasks = Object.entries(handlers).map(([name, handle]): [string, Task] => [
  name,
  async (payload) => void (await (handle as (payload: unknown) => Promise<unknown>)(payload)),
])

const sweepTasks = (Object.keys(sweeps) as SweepName[]).map((name): [string, Task] => [
  name,
  async () => void (await sweeps[name].run()),
])

const freeStuck: Task = (_payload, { query }) => freeStuckJobs((sql, values) => query(sql, values))

export const taskList: TaskList = Object.fromEntries([...jobTasks, ...sweepTasks, ['free-stuck-jobs', freeStuck]])
