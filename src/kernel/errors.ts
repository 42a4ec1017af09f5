/** The closed set of refusals and the HTTP status each one answers with. */
export const REFUSALS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  gone: 410,
  tooLarge: 413,
  unsupported: 415,
  unprocessable: 422,
  tooMany: 429,
  unavailable: 503,
} as const

export type RefusalKind = keyof typeof REFUSALS

export interface FieldError {
  /** Dotted path into the input: `fields.0.name`. */
  readonly field: string
  readonly reason: string
}

/** RFC 9457 problem details, as every error of the API answers. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors?: readonly FieldError[]
}

/** A refusal on its way to its door. Thrown by `refuse`, turned into a problem by the server. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly code: string
  readonly errors: readonly FieldError[]
  constructor(kind: RefusalKind, code: string, message: string, errors: readonly FieldError[] = []) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.code = code
    this.errors = errors
  }
}

/**
 * Refuses the request: throws a Refusal.
 * @param code short stable word for programs, e.g. `segment.cycle`
 * @param options message says what to do; `field` (with `message` as its reason) or `errors` name the fields at fault
 */
export function refuse(
  kind: RefusalKind,
  code: string,
  options: { message: string; field?: string; errors?: readonly FieldError[] },
): never {
  const errors = options.errors ?? (options.field ? [{ field: options.field, reason: options.message }] : [])
  throw new Refusal(kind, code, options.message, errors)
}

/** The problem a refusal answers with. */
export function problemOf(refusal: Refusal): Problem {
  const base = {
    type: `urn:hagukumi:${refusal.code}`,
    title: refusal.kind,
    status: REFUSALS[refusal.kind],
    code: refusal.code,
    detail: refusal.message,
  }
  return refusal.errors.length ? { ...base, errors: refusal.errors } : base
}

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  // No room on the disk, or no more files may be opened.
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  // Deadlock, serialization or lock waits that outlasted our own repeats.
  '40001',
  '40P01',
  '55P03',
  '57P01',
  '57P02',
  '57P03',
  '53100',
  '53200',
  '53300',
  '58030',
  '08006',
  '08003',
  '25006',
  'XX000',
])
const BAD_VALUE = new Set(['22P02', '22003', '22007', '22008', '22021', '22P05', '23514', '22001', '54000'])

/**
 * What an error means to whoever asked: refusals pass, a database that is away or full is `unavailable` (nothing was
 * acknowledged, the caller must repeat), a value PostgreSQL cannot store is `invalid`; all else is null: a fault of ours.
 */
export function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  const code = codeOf(error)
  if (AWAY.has(code) || /Connection terminated|timeout exceeded when trying to connect/.test(String((error as Error)?.message))) {
    return new Refusal('unavailable', 'database.away', 'The database cannot take this now. Nothing was stored: please repeat in a moment.')
  }
  if (code === '57014')
    return new Refusal('unavailable', 'database.slow', 'This took too long and was stopped. Narrow the request or try again later.')
  if (BAD_VALUE.has(code))
    return new Refusal(
      'invalid',
      'value.unstorable',
      'A value cannot be stored: it is out of range or has characters that text may not contain.',
    )
  return null
}

/** SQLSTATE or system error code of an unknown error; '' when there is none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
