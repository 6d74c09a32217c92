/** Writes docs/roles.md: `node --import tsx scripts/roles.ts`. */
import fs from 'node:fs'
import path from 'node:path'
import { rolesDocument } from '../lib/testing/roles-document'

fs.writeFileSync(path.join(import.meta.dirname, '../docs/roles.md'), rolesDocument())
