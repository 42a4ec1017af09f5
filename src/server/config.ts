// The only reader of the environment. Reports every problem at once, each in a sentence that says what to do.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { ROOT } from '#kernel/root.ts'

export type Role = 'all' | 'web' | 'worker'

export interface Config {
  readonly run: Role
  readonly demo: boolean
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly publicUrl: string
  readonly smtpUrl: string | null
  readonly secretKey: Buffer
  /** The file the key comes from; null when SECRET_KEY sets it. */
  readonly secretKeyFile: string | null
  readonly egressAllow: readonly string[]
  readonly trustProxy: readonly string[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** What is wrong with the settings, one sentence a line. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    )

const schema = z.object({
  PORT: z.coerce.number('must be a number').int().min(0, 'must be 0 or more').max(65_535, 'must be at most 65535').default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  EGRESS_ALLOW: z.string().default(''),
  TRUST_PROXY: z.string().default(''),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/**
 * Reads settings from the environment and the command line.
 * @throws ConfigError with every problem found
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, argv: readonly string[] = process.argv.slice(2)): Config {
  const problems: string[] = []
  const flags = readFlags(argv, problems)
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(filled)
  if (!parsed.success) for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}.`)
  if (flags.demo && filled.DATABASE_URL)
    problems.push('--demo brings its own database beside yours on the embedded server: unset DATABASE_URL for it.')
  if (problems.length || !parsed.success) throw new ConfigError(problems)
  const set = parsed.data
  const dataDir = resolve(set.DATA_DIR ?? defaultDataDir())
  return {
    ...flags,
    port: set.PORT,
    host: set.HOST,
    dataDir,
    databaseUrl: set.DATABASE_URL ?? null,
    publicUrl: (set.PUBLIC_URL ?? `http://localhost:${set.PORT}`).replace(/\/+$/, ''),
    smtpUrl: set.SMTP_URL ?? null,
    secretKey: keyOf(set.SECRET_KEY, dataDir),
    secretKeyFile: set.SECRET_KEY ? null : join(dataDir, 'secret.key'),
    egressAllow: list(set.EGRESS_ALLOW),
    trustProxy: list(set.TRUST_PROXY),
    logLevel: set.LOG_LEVEL,
  }
}

function readFlags(argv: readonly string[], problems: string[]): { run: Role; demo: boolean } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      // `stack` is read where a start fails: it shows where.
      options: { run: { type: 'string', default: 'all' }, demo: { type: 'boolean', default: false }, stack: { type: 'boolean' } },
    })
    if (values.run === 'all' || values.run === 'web' || values.run === 'worker') return { run: values.run, demo: values.demo }
    problems.push('--run must be all, web or worker.')
  } catch (error) {
    problems.push(`${(error as Error).message}. Known are --run=all|web|worker, --demo and --stack (says where a start failed).`)
  }
  return { run: 'all', demo: false }
}

/** As root the database runs under another account, which may not be able to enter the checkout; so the data lies outside, one folder a checkout. */
function defaultDataDir(): string {
  if (process.getuid?.() !== 0) return join(ROOT, 'data')
  return join('/var/lib/hagukumi', createHash('sha256').update(resolve(ROOT)).digest('hex').slice(0, 12))
}

function keyOf(given: string | undefined, dataDir: string): Buffer {
  if (given) return Buffer.from(given, 'utf8')
  const file = join(dataDir, 'secret.key')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 })
    writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' })
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'utf8')
}

const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
