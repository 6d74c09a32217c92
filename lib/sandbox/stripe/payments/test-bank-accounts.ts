/** A US bank account that debits can be tried on. */
export interface TestBankAccount {
  number: string
  /** Why every debit comes back; null: it is paid. */
  failureCode: string | null
  /** Whether the bank ever answers. */
  isSilent: boolean
  /** What it is for, as shown on the hosted page. */
  purpose: string
}

/** The routing number of Stripe's test bank. */
export const testRoutingNumber = '110000000'

const account = (number: string, failureCode: string | null, purpose: string, isSilent = false): TestBankAccount => ({
  number,
  failureCode,
  isSilent,
  purpose,
})

/** Stripe's published test bank accounts. */
export const testBankAccounts: TestBankAccount[] = [
  account('000123456789', null, 'Paid after four days'),
  account('000111111116', 'no_account', 'No such account'),
  account('000111111113', 'account_closed', 'Account closed'),
  account('000222222227', 'insufficient_funds', 'Insufficient funds'),
  account('000333333335', 'debit_not_authorized', 'Debits not allowed'),
  account('000444444440', 'invalid_currency', 'Wrong currency'),
  account('000000000009', null, 'Stays in processing', true),
]

const byNumber = new Map(testBankAccounts.map((known) => [known.number, known]))

export function findTestBankAccount(number: string): TestBankAccount | undefined {
  return byNumber.get(number)
}

const messages: Record<string, string> = {
  no_account: "The customer's bank account could not be located.",
  account_closed: "The customer's bank account has been closed.",
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  debit_not_authorized:
    'The customer has notified their bank that this payment was unauthorized or the bank account does not take debits.',
  invalid_currency: 'The bank was unable to process this payment because of its currency.',
}

/** What a person is told about a debit that came back. */
export function describeDebitFailure(code: string): string {
  return messages[code] ?? 'The payment could not be collected from the bank account.'
}
