import pino from 'pino'

/** Structured logs. What could hold a secret is cut out by name; amounts and ids stay, for they explain money. */
export const log = pino({
  level: process.env.LOG_LEVEL || 'info',
  redact: {
    paths: [
      '*.authorization',
      '*.cookie',
      '*.email',
      '*.secret',
      '*.key',
      '*.token',
      'email',
      'secret',
      'key',
      'token',
    ],
    censor: '[redacted]',
  },
})
