// Reads the environment that `npm start` was given, and refuses what could cost somebody money.
import { Problem } from './say.mjs'

const defaults = { PORT: 3000, GATE_PORT: 3001, SANDBOX_PORT: 3002, PGPORT_EMBEDDED: 3003 }

/**
 * What to start and where. `mode` is "demo" with the Stripe sandbox and "real" with Stripe itself.
 * Throws a Problem for settings that contradict each other.
 */
export function readSettings(env) {
  const mode = modeOf(env)
  const ports = {
    web: portOf(env, 'PORT'),
    gate: portOf(env, 'GATE_PORT'),
    sandbox: portOf(env, 'SANDBOX_PORT'),
    postgres: portOf(env, 'PGPORT_EMBEDDED'),
  }
  const used = Object.values(ports)
  if (new Set(used).size < used.length) {
    throw new Problem(`Two parts of Purse would share a port: ${Object.keys(defaults).join(', ')} must differ.`)
  }
  return {
    mode,
    ports,
    host: env.HOST || '127.0.0.1',
    appUrl: urlOf(env, 'APP_URL') ?? `http://localhost:${ports.web}`,
    databaseUrl: databaseUrlOf(env),
  }
}

function modeOf(env) {
  const key = env.STRIPE_SECRET_KEY ?? ''
  const isLive = /^(sk|rk)_live_/.test(key)
  const wantsSandbox = env.PURSE_SANDBOX === '1'
  if (isLive && wantsSandbox) {
    throw new Problem(
      'PURSE_SANDBOX=1 asks for the Stripe sandbox, but STRIPE_SECRET_KEY is a live key. Remove one of them.',
    )
  }
  if (isLive && (env.STRIPE_API_HOST || env.SANDBOX_URL)) {
    throw new Problem(
      'STRIPE_SECRET_KEY is a live key, but STRIPE_API_HOST or SANDBOX_URL leads away from Stripe. Remove one of them.',
    )
  }
  if (key === '' || wantsSandbox) {
    if (env.NODE_ENV === 'production' && env.ALLOW_SANDBOX !== '1') {
      throw new Problem(
        'NODE_ENV is production and there is no STRIPE_SECRET_KEY, so purchases would be paid with pretend money.\n' +
          'Set STRIPE_SECRET_KEY, or ALLOW_SANDBOX=1 if this is meant.',
      )
    }
    return 'demo'
  }
  if (!/^(sk|rk)_(test|live)_\w+$/.test(key)) {
    throw new Problem(
      'STRIPE_SECRET_KEY is not a secret key of Stripe: they begin with sk_test_, sk_live_, rk_test_ or rk_live_.',
    )
  }
  if (!env.STRIPE_WEBHOOK_SECRET) {
    throw new Problem(
      "STRIPE_SECRET_KEY needs STRIPE_WEBHOOK_SECRET beside it: the signing secret (whsec_…) of the endpoint\n/api/webhooks/stripe in Stripe's dashboard.",
    )
  }
  return 'real'
}

function portOf(env, name) {
  const port = Number(env[name] || defaults[name])
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Problem(`${name} is "${env[name]}", which is not a port. Ports are whole numbers from 1 to 65535.`)
}

function urlOf(env, name) {
  if (!env[name]) return null
  if (/^https?:\/\//.test(env[name]) && URL.canParse(env[name])) return env[name].replace(/\/+$/, '')
  throw new Problem(`${name} is not a web address like https://billing.example.com.`)
}

function databaseUrlOf(env) {
  const url = env.DATABASE_URL
  if (!url) return null
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url
  throw new Problem('DATABASE_URL is not an address like postgresql://user:password@host:5432/database.')
}
