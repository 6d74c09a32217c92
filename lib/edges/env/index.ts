import * as z from 'zod'

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  /** demo: the Stripe sandbox, a movable clock and a mailbox page. real: Stripe and SMTP. */
  PURSE_MODE: z.enum(['demo', 'real']).default('real'),
  /** Where browsers reach the dashboard; every absolute link is built from it, never from a request's Host. */
  APP_URL: z.url().default('http://localhost:3000'),
  /** How many proxies of ours stand in front and append to X-Forwarded-For; what they did not write is not believed. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  GATE_PORT: z.coerce.number().int().min(0).max(65535).default(3001),
  /** Where the web process finds the gate, when it is not on this machine at GATE_PORT. */
  GATE_URL: z.url().optional(),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_API_HOST: z.string().optional(),
  STRIPE_API_PORT: z.coerce.number().int().optional(),
  STRIPE_API_PROTOCOL: z.enum(['http', 'https']).default('https'),
  /** Comma-separated while a secret is rotated: the current one first, then the previous. */
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  SANDBOX_URL: z.url().optional(),
  NEXTAUTH_SECRET: z.string().min(32).optional(),
  GITHUB_ID: z.string().optional(),
  GITHUB_SECRET: z.string().optional(),
  GOOGLE_ID: z.string().optional(),
  GOOGLE_SECRET: z.string().optional(),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().default('Purse <billing@purse.example>'),
  /** Stops every automatic charge at once, without a deploy. */
  AUTO_TOP_UP_OFF: z.enum(['0', '1']).default('0'),
  /** Decides and writes down what would be charged automatically, and charges nothing. */
  AUTO_TOP_UP_DRY_RUN: z.enum(['0', '1']).default('0'),
  /** As many automatic charges in five minutes never trip the breaker, however quiet the last week was. */
  AUTO_TOP_UP_BREAKER_FLOOR: z.coerce.number().int().min(1).max(1_000_000).default(60),
  /** Days after sign-up through which the signup credit can be used. Without it, it never expires. */
  SIGNUP_CREDIT_DAYS: z.coerce.number().int().min(1).max(3650).optional(),
  /** Months through which bought credit can be used. Without it, it never expires. */
  PURCHASED_CREDIT_MONTHS: z.coerce.number().int().min(1).max(120).optional(),
  LARGEST_PURCHASE_USD: z.coerce.number().int().min(5).max(999_999).default(5000),
  /** How long after a purchase its unused part can be refunded without an operator; 0 switches that off. */
  REFUND_WINDOW_HOURS: z.coerce.number().int().min(0).max(8760).default(24),
  /** What the payment page offers; where nothing is said, the demo shows all that needs no set-up at Stripe. */
  CHECKOUT_PROMOTION_CODES: z.enum(['0', '1']).optional(),
  CHECKOUT_METHODS: z
    .string()
    .regex(/^card(,us_bank_account)?$/, 'card, or card,us_bank_account')
    .optional(),
  /** Needs Stripe Tax set up at Stripe. */
  CHECKOUT_TAX: z.enum(['0', '1']).default('0'),
  CHECKOUT_INVOICES: z.enum(['0', '1']).default('1'),
  /** Days after the due date of an invoice on which usage pauses until it is paid. */
  INVOICE_PAUSE_AFTER_DAYS: z.coerce.number().int().min(0).max(365).default(14),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type Env = z.infer<typeof schema>

let parsed: Env | undefined

/** The settings of this process, checked once. Throws naming each variable that is missing or malformed. */
export function env(): Env {
  if (!parsed) {
    const present = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
    const result = schema.safeParse(present)
    if (!result.success) {
      const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
      throw new Error(`The environment is not complete:\n${lines.join('\n')}`)
    }
    parsed = result.data
  }
  return parsed
}

/** Reads the environment anew: for tests that start several databases in one process. */
export function resetEnv(): void {
  parsed = undefined
}

export const isDemo = (): boolean => env().PURSE_MODE === 'demo'
