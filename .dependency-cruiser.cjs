// Who may import whom: the nine rules of the house, and no cycles. Tests may reach across; production code may not.
const ours = '^(app|bench|components|e2e|lib|prisma|scorecard|scripts)/'
const tests = '\\.test\\.tsx?$'
const coreOrRules = ['^lib/core/', '/rules\\.ts$']
const doorOfConcept = '^lib/domain/[^/]+/(index|rules)\\.ts$'

const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`
const sql = [packages('pg', '@prisma/client', '@prisma/adapter-pg'), '^prisma/client/']

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

module.exports = {
  forbidden: [
    rule(
      '1-core-imports-nothing',
      'core is values only: it imports nothing of ours.',
      { path: '^lib/core/', pathNot: tests },
      { path: ours, pathNot: '^lib/core/' },
    ),

    rule(
      '2-rules-are-pure',
      'rules.ts decides, and imports only core and other rules.ts.',
      { path: '/rules\\.ts$' },
      { pathNot: coreOrRules },
    ),

    rule(
      '3-only-stores-speak-sql',
      'Only store.ts and edges/db speak SQL.',
      {
        path: ours,
        pathNot: ['^lib/edges/db/', '/store\\.ts$', '^lib/testing/', '^(bench|scorecard|scripts|prisma)/', tests],
      },
      { path: sql },
    ),

    rule(
      '4-only-the-edge-speaks-stripe',
      'Only edges/stripe speaks Stripe; the sandbox answers in its words.',
      {
        path: ours,
        pathNot: ['^lib/edges/stripe/', '^lib/sandbox/stripe/', '^scripts/run/webhook-endpoint\\.mjs$', tests],
      },
      { path: packages('stripe', '@stripe/[^/]+') },
    ),

    rule(
      '5-concepts-have-one-door',
      'A concept is entered by its index.ts or rules.ts (from outside lib/domain).',
      { path: ours, pathNot: ['^lib/domain/', '^components/', tests] },
      { path: '^lib/domain/', pathNot: doorOfConcept },
    ),

    rule(
      '5-concepts-have-one-door',
      'A concept is entered by its index.ts or rules.ts (from another concept).',
      { path: '^lib/domain/([^/]+)/', pathNot: tests },
      { path: '^lib/domain/', pathNot: ['^lib/domain/$1/', doorOfConcept] },
    ),

    rule(
      '6-edges-know-no-domain',
      'Edges know the outside world, not the business.',
      { path: '^lib/edges/', pathNot: tests },
      { path: ['^(app|components|e2e|bench)/', '^lib/(domain|http|gate|worker|sandbox|sdk)/'] },
    ),

    rule(
      '6-domain-knows-no-door',
      'The domain knows no door, no Next, no React.',
      { path: '^lib/domain/', pathNot: tests },
      {
        path: [
          '^(app|components|e2e|bench)/',
          '^lib/(http|gate|worker|sdk)/',
          packages('next', 'next-auth', 'react', 'react-dom', 'hono', '@hono/[^/]+'),
        ],
      },
    ),

    rule(
      '7-components-import-core-and-rules',
      'Components run in a browser: of lib they take core and rules.ts, and types from anywhere.',
      { path: '^components/', pathNot: tests },
      { path: ['^lib/', '^(app|scripts|prisma)/'], pathNot: coreOrRules, dependencyTypesNot: ['type-only'] },
    ),

    rule(
      '8-app-calls-verbs',
      'app calls verbs, not edges; the session and the Stripe webhook are the exceptions.',
      { path: '^app/', pathNot: ['^app/api/webhooks/stripe/', tests] },
      { path: '^lib/edges/', pathNot: '^lib/edges/session/' },
    ),

    rule(
      '9-strangers-import-nothing-of-ours',
      'The Stripe sandbox and the SDK are strangers.',
      { path: '^lib/(sandbox|sdk)/', pathNot: tests },
      { path: ours, pathNot: '^lib/$1/' },
    ),

    rule(
      '9-production-imports-no-stand-ins',
      'Production code imports neither the sandbox nor the test kit.',
      { path: '^(app|components|lib)/', pathNot: ['^lib/(sandbox|testing)/', tests] },
      { path: '^lib/(sandbox|testing)/' },
    ),

    rule(
      'no-circular',
      'A cycle has no top and no bottom.',
      { pathNot: tests },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),

    rule(
      'not-to-unresolvable',
      'An import that cannot be found is an import that no rule has seen.',
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^prisma/client/.*\\.js$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
