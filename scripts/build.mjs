// npm run build: everything that is made from the sources, for those who start the processes themselves.
import { buildGate, buildPages, generateClient } from './setup/build.mjs'

await generateClient()
await buildPages()
await buildGate()
