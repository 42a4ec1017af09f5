// How a fault becomes an answer: RFC 9457 problem details, the same shape for every error of the API.
import { AsyncLocalStorage } from 'node:async_hooks'
import { z } from 'zod'
import { asRefusal, type FieldError, type Problem, problemOf } from '#kernel/errors.ts'
import type { Language } from '#kernel/language.ts'
import type { Log } from '#kernel/log.ts'
import { reasonFor } from './reasons.ts'

const words = { ja: z.locales.ja().localeError, en: z.locales.en().localeError }
const reading = new AsyncLocalStorage<Language>()
z.config({
  localeError: (issue) => {
    const language = reading.getStore() ?? 'en'
    return reasonFor(language, issue) ?? words[language](issue)
  },
})

/** Runs `work` so that what validation says inside of it is in the reader's language. */
export function inLanguage<T>(language: Language, work: () => Promise<T>): Promise<T> {
  return reading.run(language, work)
}

/** What validation found, as far as it tells. */
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined
  /** Names that are not known, where the issue is that. */
  readonly keys?: readonly string[] | undefined
}

const MOST = 50

/** Schema issues as field errors. */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues
    .flatMap((issue) =>
      (issue.keys ?? [null]).map((key) => ({ field: [pathOf(issue), key].filter(Boolean).join('.'), reason: issue.message })),
    )
    .slice(0, MOST)
}

function pathOf(issue: Issue): string {
  return (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
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
