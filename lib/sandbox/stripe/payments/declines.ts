/** Why an issuer refused, as Stripe tells it. */
export interface Decline {
  code: string
  declineCode: string
  message: string
  adviceCode: string | null
  networkDeclineCode: string | null
}

const codesOfTheirOwn = [
  'expired_card',
  'incorrect_cvc',
  'processing_error',
  'incorrect_number',
  'authentication_required',
]

const messages: Record<string, string> = {
  insufficient_funds: 'Your card has insufficient funds.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  incorrect_number: 'Your card number is incorrect.',
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  card_velocity_exceeded:
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  test_mode_live_card: 'Your card was declined. Your request was in test mode, but used a non test card.',
}

const adviceCodes: Record<string, string> = {
  insufficient_funds: 'try_again_later',
  generic_decline: 'try_again_later',
  processing_error: 'try_again_later',
  card_velocity_exceeded: 'try_again_later',
  do_not_honor: 'try_again_later',
  expired_card: 'confirm_card_data',
  incorrect_cvc: 'confirm_card_data',
  incorrect_number: 'confirm_card_data',
  lost_card: 'do_not_try_again',
  stolen_card: 'do_not_try_again',
  pickup_card: 'do_not_try_again',
  fraudulent: 'do_not_try_again',
}

const networkCodes: Record<string, string> = {
  generic_decline: '05',
  do_not_honor: '05',
  incorrect_number: '14',
  lost_card: '41',
  stolen_card: '43',
  insufficient_funds: '51',
  expired_card: '54',
  fraudulent: '59',
  card_velocity_exceeded: '65',
  authentication_required: '1A',
  incorrect_cvc: '82',
  processing_error: '96',
}

/** The full story of a decline code; codes without a story of their own get the general one. */
export function declineFor(declineCode: string): Decline {
  return {
    code: codesOfTheirOwn.includes(declineCode) ? declineCode : 'card_declined',
    declineCode,
    message: messages[declineCode] ?? 'Your card was declined.',
    adviceCode: adviceCodes[declineCode] ?? null,
    networkDeclineCode: networkCodes[declineCode] ?? null,
  }
}
