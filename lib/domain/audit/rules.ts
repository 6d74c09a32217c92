/** What the audit log may hold, by kind. Pure. A test compares the list with what the verbs write. */
export const auditActions = {
  account: ['opened'],
  api_key: ['created', 'renamed', 'rotated', 'revoked'],
  auto_top_up: ['saved', 'resumed'],
  billing_profile: ['save'],
  budget: ['set', 'removed'],
  budget_request: ['asked', 'approved', 'declined', 'withdrawn'],
  contract: ['started', 'changed', 'ended'],
  dispute: ['changed'],
  invitation: ['sent', 'resent', 'revoked', 'accepted'],
  invoice: ['intended', 'draft', 'open', 'paid', 'void', 'uncollectible'],
  limit_request: ['asked', 'granted', 'declined', 'withdrawn'],
  low_balance: ['set'],
  member: ['role_changed', 'removed', 'left'],
  monthly_cap: ['set'],
  notifications: ['chosen', 'webhook_set'],
  payment_method: ['added', 'default_set', 'removed'],
  postpaid_request: ['asked', 'approved', 'declined', 'withdrawn'],
  promotion: ['given'],
  purchase: ['started', 'paid', 'canceled', 'quarantined', 'paid_twice'],
  refund: ['requested', 'pending', 'succeeded', 'failed', 'canceled'],
  request_limit: ['set'],
  signup_credit: ['returned'],
  stripe_customer: ['replaced'],
  tier: ['reached', 'unlimited'],
  token_limits: ['set'],
} as const

export type AuditKind = keyof typeof auditActions

export const auditKinds = Object.keys(auditActions) as AuditKind[]

/** "member.removed" */
export type AuditAction = { [Kind in AuditKind]: `${Kind}.${(typeof auditActions)[Kind][number]}` }[AuditKind]

export const isAuditAction = (action: string): action is AuditAction => {
  const [kind = '', what = ''] = action.split('.')
  return Object.hasOwn(auditActions, kind) && (auditActions[kind as AuditKind] as readonly string[]).includes(what)
}

export type AuditValue = string | number | boolean | null | AuditValue[]

export interface AuditChange {
  field: string
  before?: AuditValue | undefined
  after?: AuditValue | undefined
}

/**
 * What an entry says of each field, before and after; ids come last. What is the same on both sides is left out, where
 * something differs.
 */
export function changesOf(before: unknown, after: unknown): AuditChange[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)]
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const changes = fields.map((field): AuditChange => ({ field, before: was[field], after: is[field] }))
  const isSame = ({ before, after }: AuditChange) => JSON.stringify(before) === JSON.stringify(after)
  const differing = changes.filter((change) => !isSame(change))
  const isId = ({ field }: AuditChange) => /Ids?$/.test(field)
  const shown = before !== null && after !== null && differing.length > 0 ? differing : changes
  return [...shown.filter((change) => !isId(change)), ...shown.filter(isId)]
}

/** One level of fields: what lies deeper is named with its path, "card.brand"; a choice with its place, "choice.paused.email". */
function fieldsOf(value: unknown, path = ''): Record<string, AuditValue> {
  if (Array.isArray(value) && value.every(isChoice)) {
    return Object.fromEntries(value.map(({ topic, channel, isOn }) => [`choice.${topic}.${channel}`, isOn]))
  }
  if (value === null || typeof value !== 'object')
    return value === undefined || value === null ? {} : { [path || 'value']: value as AuditValue }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const field = path ? `${path}.${name}` : name
      if (inner !== null && typeof inner === 'object' && !Array.isArray(inner))
        return Object.entries(fieldsOf(inner, field))
      return [[field, inner as AuditValue]]
    }),
  )
}

interface Choice {
  topic: string
  channel: string
  isOn: boolean
}

const isChoice = (value: unknown): value is Choice =>
  typeof value === 'object' && value !== null && 'topic' in value && 'channel' in value && 'isOn' in value
