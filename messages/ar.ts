import accounts from './ar/accounts.json'
import apiKeys from './ar/api-keys.json'
import audit from './ar/audit.json'
import autoTopUp from './ar/auto-top-up.json'
import budgets from './ar/budgets.json'
import contracts from './ar/contracts.json'
import disputes from './ar/disputes.json'
import faultLab from './ar/fault-lab.json'
import forecast from './ar/forecast.json'
import grants from './ar/grants.json'
import invoices from './ar/invoices.json'
import ledger from './ar/ledger.json'
import limits from './ar/limits.json'
import mailbox from './ar/mailbox.json'
import mails from './ar/mails.json'
import members from './ar/members.json'
import notifications from './ar/notifications.json'
import operator from './ar/operator.json'
import overview from './ar/overview.json'
import paymentMethods from './ar/payment-methods.json'
import problems from './ar/problems.json'
import purchases from './ar/purchases.json'
import receipts from './ar/receipts.json'
import refunds from './ar/refunds.json'
import sessions from './ar/sessions.json'
import settings from './ar/settings.json'
import shell from './ar/shell.json'
import signIn from './ar/sign-in.json'
import statement from './ar/statement.json'
import ui from './ar/ui.json'
import usage from './ar/usage.json'

export const ar = {
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
