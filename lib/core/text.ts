/** Text that people type: kept as they mean it, without characters that deceive. Pure. */
import { Refusal } from './errors'

/**
 * Controls, direction marks, invisible characters, private and unpaired code points: a name that holds one shows as
 * something else than it is. The two joiners (U+200C, U+200D) belong to real scripts and stay.
 */
const deceptive = /[\p{Cc}\p{Co}\p{Cs}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/u

/** The text in Unicode's composed form, white space trimmed and collapsed. */
export const tidyText = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

/** Whether every character of the text can be seen for what it is. */
export const isPlainText = (text: string): boolean => !deceptive.test(text)

/**
 * One line of text, tidied.
 * @throws Refusal `invalid_request` naming the field when it is too long or holds a deceptive character.
 */
export function parseLine(
  text: string,
  {
    field,
    label,
    longest = 200,
    isRequired = false,
  }: { field: string; label: string; longest?: number; isRequired?: boolean },
): string {
  if (!isPlainText(text)) {
    throw new Refusal('invalid_request', {
      field,
      message: `${label} holds an invisible or control character. Type it again.`,
    })
  }
  const tidy = tidyText(text)
  if (isRequired && tidy === '') throw new Refusal('invalid_request', { field, message: `${label} cannot be empty.` })
  if ([...tidy].length > longest) {
    throw new Refusal('invalid_request', { field, message: `${label} can have at most ${longest} characters.` })
  }
  return tidy
}
