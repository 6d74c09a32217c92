// The environment of each process: only what the settings say, whatever else was set outside.

/** For everything that reads `lib/edges/env`: web, gate, worker, seed. */
export function environmentOf({ settings, secrets, databaseUrl, sandboxUrl }) {
  const { mode, ports, appUrl } = settings
  const common = {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PURSE_MODE: mode,
    DATABASE_URL: databaseUrl,
    PORT: String(ports.web),
    GATE_PORT: String(ports.gate),
    GATE_URL: `http://127.0.0.1:${ports.gate}`,
    APP_URL: appUrl,
    NEXTAUTH_URL: appUrl,
    NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET || secrets.nextAuthSecret,
  }
  const toSandbox = {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_WEBHOOK_SECRET: secrets.webhookSecret ?? '',
    SANDBOX_URL: sandboxUrl ?? '',
    STRIPE_API_PROTOCOL: 'http',
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String(ports.sandbox),
  }
  const toStripe = { SANDBOX_URL: '', STRIPE_API_PROTOCOL: '', STRIPE_API_HOST: '', STRIPE_API_PORT: '' }
  return { ...common, ...(mode === 'demo' ? toSandbox : toStripe) }
}

/** The sandbox is a stranger: it learns nothing of ours, neither the database nor a secret. */
export function sandboxEnvironment() {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SANDBOX_PUBLIC_URL']
  const env = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...env, NODE_ENV: 'production' }
}
