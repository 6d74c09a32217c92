import { invalidParameter } from '../http/errors'

const accountDescriptor = 'SANDBOX'

/** What the cardholder reads on the statement: the account's name, and what this payment adds to it. */
export function statementDescriptor(suffix: string | null): string {
  return suffix ? `${accountDescriptor}* ${suffix}`.slice(0, 22).toUpperCase() : accountDescriptor
}

export function checkStatementDescriptorSuffix(suffix: string | null | undefined, param: string): void {
  if (!suffix) return
  const isFit = suffix.length <= 22 && /[a-z]/i.test(suffix) && !/[<>\\'"*]/.test(suffix)
  if (isFit) return
  throw invalidParameter(
    'The statement descriptor suffix must be at most 22 characters, contain at least one letter and none of < > \\ \' " *',
    param,
    'invalid_characters',
  )
}
