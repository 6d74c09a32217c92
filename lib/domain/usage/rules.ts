/** What is known of usage besides its tokens. Pure. */

/** How events that come of a hold are told from those that a caller names. A caller's id may not begin so. */
export const holdEventPrefixes = ['hold:', 'late:']

/** Who a request is for within its account, and what its caller says it is for. */
export interface UsageFacts {
  /** The API key that it came with; null: the account alone. */
  keyId: string | null
  /** The member whom the key belongs to. */
  memberId: string | null
  /** A project, a feature: 1 to 64 characters. */
  tag: string | null
}

/** The facts alone, of what carries more. */
export const usageFactsOf = ({ keyId, memberId, tag }: UsageFacts): UsageFacts => ({ keyId, memberId, tag })

export const noUsageFacts: UsageFacts = { keyId: null, memberId: null, tag: null }

/** What stands in a rollup for no key and no member. */
export const nilId = '00000000-0000-0000-0000-000000000000'
