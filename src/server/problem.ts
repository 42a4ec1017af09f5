// How a fault becomes an answer: RFC 9457 problem details, the same shape for every error of the API.
import { z } from 'zod'
import { asRefusal, type FieldError, type Problem, problemOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'

const words = { ja: z.locales.ja().localeError, en: z.locales.en().localeError }

/** What validation found, as far as it tells. */
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined
}

/** Schema issues as field errors, in the reader's language. A message of our own wins over the library's. */
export function fieldErrors(issues: readonly Issue[], language: 'ja' | 'en'): FieldError[] {
  return issues.slice(0, 50).map((issue) => ({ field: pathOf(issue), reason: reasonOf(issue, language) }))
}

function pathOf(issue: Issue): string {
  return (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

function reasonOf(issue: Issue, language: 'ja' | 'en'): string {
  const raw = issue as unknown as Parameters<typeof words.en>[0]
  const english = textOf(words.en(raw))
  return issue.message === english || issue.message === '' ? textOf(words[language](raw)) || issue.message : issue.message
}

function textOf(said: string | { message: string } | null | undefined): string {
  return typeof said === 'string' ? said : (said?.message ?? '')
}

/** The problem behind an error; a fault of ours is logged with its stack and answered without detail. */
export function problemFrom(error: unknown, log: Log, where: string): Problem {
  const refusal = asRefusal(error)
  if (refusal) {
    if (refusal.kind === 'unavailable') log.warn({ err: error, where }, 'the database could not take a request')
    return problemOf(refusal)
  }
  log.error({ err: error, where }, 'a request failed by a fault of ours')
  return {
    type: 'urn:hagukumi:fault',
    title: 'fault',
    status: 500,
    code: 'fault',
    detail: 'Something went wrong on our side. The log has the details.',
  }
}

/** ja when the reader's browser asks for it before English, else en. */
export function languageOf(header: string | undefined): 'ja' | 'en' {
  const first = (header ?? '').split(',')[0]?.trim().toLowerCase() ?? ''
  return first.startsWith('ja') ? 'ja' : 'en'
}
