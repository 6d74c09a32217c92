import type { CardOnFile } from '../state/collections'
import { type Decline, declineFor } from './declines'
import { findTestCard, type TestCard } from './test-cards'

export type Outcome = { kind: 'approved' } | { kind: 'declined'; decline: Decline } | { kind: 'needs_authentication' }

export interface Circumstances {
  purpose: 'charge' | 'save'
  /** The cardholder is not there. */
  isOffSession: boolean
  /** The cardholder has just passed the authentication page. */
  isAuthenticated: boolean
}

/** What the issuer says to a charge of a card, or to saving it. */
export function decideOutcome(onFile: CardOnFile, circumstances: Circumstances): Outcome {
  const card = findTestCard(onFile.number)
  if (!card) return declined('test_mode_live_card')
  const { override } = onFile
  if (override && 'alwaysSucceeds' in override) return { kind: 'approved' }
  if (override && 'declineCode' in override && circumstances.purpose === 'charge') return declined(override.declineCode)

  const mustAuthenticate = override
    ? 'authenticationRequired' in override
    : needsAuthentication(card, onFile, circumstances)
  if (mustAuthenticate && !circumstances.isAuthenticated) {
    return circumstances.isOffSession ? declined('authentication_required') : { kind: 'needs_authentication' }
  }
  const isDeclined = card.declineCode !== null && !override && !(circumstances.purpose === 'save' && card.isSavable)
  return isDeclined ? declined(card.declineCode!) : { kind: 'approved' }
}

function needsAuthentication(card: TestCard, onFile: CardOnFile, { purpose, isOffSession }: Circumstances): boolean {
  switch (card.authentication) {
    case 'never':
      return false
    case 'always':
      return true
    case 'until_set_up':
      return !(isOffSession && onFile.isSetUp)
    case 'on_session':
      return purpose === 'charge' && !isOffSession
  }
}

const declined = (code: string): Outcome => ({ kind: 'declined', decline: declineFor(code) })
