/** The pages of the dashboard. `letter` goes there after a g: G O, G U. */
export const places = [
  { name: 'overview', href: '/', letter: 'o' },
  { name: 'usage', href: '/usage', letter: 'u' },
  { name: 'credits', href: '/credits', letter: 'c' },
  { name: 'statement', href: '/statement', letter: 't' },
  { name: 'receipts', href: '/receipts', letter: 'r' },
  { name: 'invoices', href: '/invoices', letter: 'i' },
  { name: 'limits', href: '/limits', letter: 'l' },
  { name: 'simulator', href: '/what-if', letter: 'w' },
  { name: 'settings', href: '/settings', letter: 's' },
] as const

export const settingsPlaces = [
  { name: 'keys', href: '/settings/keys' },
  { name: 'budgets', href: '/settings/budgets' },
  { name: 'people', href: '/settings/people' },
  { name: 'notifications', href: '/settings/notifications' },
  { name: 'sessions', href: '/settings/sessions' },
  { name: 'audit', href: '/settings/audit' },
] as const

export const demoPlaces = [
  { name: 'faultLab', href: '/fault-lab' },
  { name: 'mailbox', href: '/mailbox' },
] as const

export const operatorPlace = { name: 'operator', href: '/operator' } as const
