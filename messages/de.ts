import accounts from './de/accounts.json'
import apiKeys from './de/api-keys.json'
import audit from './de/audit.json'
import autoTopUp from './de/auto-top-up.json'
import budgets from './de/budgets.json'
import contracts from './de/contracts.json'
import disputes from './de/disputes.json'
import faultLab from './de/fault-lab.json'
import forecast from './de/forecast.json'
import grants from './de/grants.json'
import invoices from './de/invoices.json'
import ledger from './de/ledger.json'
import limits from './de/limits.json'
import mailbox from './de/mailbox.json'
import mails from './de/mails.json'
import members from './de/members.json'
import notifications from './de/notifications.json'
import operator from './de/operator.json'
import overview from './de/overview.json'
import paymentMethods from './de/payment-methods.json'
import problems from './de/problems.json'
import purchases from './de/purchases.json'
import receipts from './de/receipts.json'
import refunds from './de/refunds.json'
import sessions from './de/sessions.json'
import settings from './de/settings.json'
import shell from './de/shell.json'
import signIn from './de/sign-in.json'
import statement from './de/statement.json'
import ui from './de/ui.json'
import usage from './de/usage.json'

export const de = {
  accounts,
  'api-keys': apiKeys,
  audit,
  'auto-top-up': autoTopUp,
  budgets,
  contracts,
  disputes,
  'fault-lab': faultLab,
  forecast,
  grants,
  invoices,
  ledger,
  limits,
  mailbox,
  mails,
  members,
  notifications,
  operator,
  overview,
  'payment-methods': paymentMethods,
  problems,
  purchases,
  receipts,
  refunds,
  sessions,
  settings,
  shell,
  'sign-in': signIn,
  statement,
  ui,
  usage,
}
