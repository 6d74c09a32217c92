import accounts from './en/accounts.json'
import apiKeys from './en/api-keys.json'
import audit from './en/audit.json'
import autoTopUp from './en/auto-top-up.json'
import budgets from './en/budgets.json'
import contracts from './en/contracts.json'
import disputes from './en/disputes.json'
import faultLab from './en/fault-lab.json'
import forecast from './en/forecast.json'
import grants from './en/grants.json'
import invoices from './en/invoices.json'
import ledger from './en/ledger.json'
import limits from './en/limits.json'
import mailbox from './en/mailbox.json'
import mails from './en/mails.json'
import members from './en/members.json'
import notifications from './en/notifications.json'
import operator from './en/operator.json'
import overview from './en/overview.json'
import paymentMethods from './en/payment-methods.json'
import problems from './en/problems.json'
import purchases from './en/purchases.json'
import receipts from './en/receipts.json'
import refunds from './en/refunds.json'
import sessions from './en/sessions.json'
import settings from './en/settings.json'
import shell from './en/shell.json'
import signIn from './en/sign-in.json'
import statement from './en/statement.json'
import ui from './en/ui.json'
import usage from './en/usage.json'

/** All words that people see, by namespace: the folder in components/ that shows them. English is the one that is typed. */
export const en = {
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
