/** Who may do what in an account (PRODUCT "People"). Pure; also runs in the browser, to hide what would be refused. */

export const roles = ['owner', 'admin', 'billing', 'developer', 'viewer'] as const
export type Role = (typeof roles)[number]

/**
 * account:read: see everything of the account. billing:write: buy, cards, caps, billing profile. account:write: the account
 * itself. members:write: invite, change roles, remove. keys:write: make, rotate and revoke API keys. budgets:write: limits of
 * keys and members, and requests for more. budgets:request: ask for more. audit:read: who changed what.
 */
export const actions = [
  'account:read',
  'billing:write',
  'account:write',
  'members:write',
  'keys:write',
  'budgets:write',
  'budgets:request',
  'audit:read',
] as const
export type Action = (typeof actions)[number]

const allowed: Record<Role, readonly Action[]> = {
  owner: actions,
  admin: actions,
  billing: ['account:read', 'billing:write', 'budgets:write', 'budgets:request', 'audit:read'],
  developer: ['account:read', 'keys:write', 'budgets:request'],
  viewer: ['account:read'],
}

/** Whether a role may do an action. A role that is not known may do nothing. */
export const may = (role: string, action: Action): boolean =>
  Object.hasOwn(allowed, role) && allowed[role as Role].includes(action)

/** Roles that look after the money: they are told what happens to it. */
export const rolesThatAreTold: readonly Role[] = ['owner', 'admin', 'billing']

export const operatorRoles = ['support', 'finance', 'admin'] as const
export type OperatorRole = (typeof operatorRoles)[number]

/**
 * operator:read: see every account. credit:give: small promotions. credit:give_more: larger ones. refund:write: pay back.
 * platform:write: what concerns every account (automatic charges, reconciliation, the fault lab).
 */
export const operatorActions = [
  'operator:read',
  'credit:give',
  'credit:give_more',
  'refund:write',
  'platform:write',
] as const
export type OperatorAction = (typeof operatorActions)[number]

const allowedOperators: Record<OperatorRole, readonly OperatorAction[]> = {
  support: ['operator:read', 'credit:give'],
  finance: ['operator:read', 'credit:give', 'credit:give_more', 'refund:write', 'platform:write'],
  admin: operatorActions,
}

/** Whether one of the platform's staff may do an action (PRODUCT "People"). A role that is not known may do nothing. */
export const mayOperate = (role: string, action: OperatorAction): boolean =>
  Object.hasOwn(allowedOperators, role) && allowedOperators[role as OperatorRole].includes(action)

/** Links a person may ask for: per address and per place they ask from, in one window. */
export const signInLimits = { perEmail: 5, perIp: 20, windowMinutes: 15 } as const

/** Files that a person may take in one window: exports and proofs, each of which may be a whole history. */
export const downloadLimits = { perPerson: 30, windowMinutes: 10 } as const
