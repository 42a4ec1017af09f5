import pino from 'pino'

/** Structured log: one JSON object a line on stdout; secrets and personal data are redacted by field name. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  debug(fields: object, message: string): void
}

const SECRET_FIELDS = [
  'password',
  'secret',
  'token',
  'key',
  'authorization',
  'cookie',
  'smtpUrl',
  'databaseUrl',
  'mail',
  'email',
  'address',
  'phone',
]
const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

/** A log at `level`; `silent` for tests. Fields named like secrets or personal data come out as `[hidden]`. */
export function makeLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info'): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[hidden]' },
    serializers: { err: pino.stdSerializers.err },
  })
}
