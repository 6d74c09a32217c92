/** Keys: the platform gateway's service keys, and the accounts' own API keys. Kept as hashes. */
export { authenticateServiceKey } from './authenticate'
export { createServiceKey, revokeServiceKey } from './create-service-key'
export { type ResolvedApiKey, resolveApiKey } from './resolve-api-key'
