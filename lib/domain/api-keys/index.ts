/** Keys: the platform gateway's service keys. Kept as hashes. */
export { authenticateServiceKey } from './authenticate'
export { createServiceKey, revokeServiceKey } from './create-service-key'
