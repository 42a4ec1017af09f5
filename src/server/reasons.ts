// What to do about a refused value, in the reader's words: the schema library's own sentences name types, not deeds.
import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

interface Words {
  readonly fill: string
  readonly address: string
  readonly atLeast: (issue: { origin: string; limit: string }) => string | undefined
  readonly atMost: (issue: { origin: string; limit: string }) => string | undefined
}

const ja: Words = {
  fill: '入力してください',
  address: 'メールアドレスの形で入力してください（例：name@example.co.jp）',
  atLeast: ({ origin, limit }) =>
    ({ string: `${limit}文字以上で入力してください`, number: `${limit}以上にしてください`, array: `${limit}件以上にしてください` })[origin],
  atMost: ({ origin, limit }) =>
    ({ string: `${limit}文字以内で入力してください`, number: `${limit}以下にしてください`, array: `${limit}件以内にしてください` })[origin],
}

const en: Words = {
  fill: 'Fill this in',
  address: 'Enter a mail address such as name@example.co.jp',
  atLeast: ({ origin, limit }) =>
    ({ string: `Enter at least ${limit} characters`, number: `Enter ${limit} or more`, array: `Give at least ${limit}` })[origin],
  atMost: ({ origin, limit }) =>
    ({ string: `Enter at most ${limit} characters`, number: `Enter ${limit} or less`, array: `Give at most ${limit}` })[origin],
}

const all = { ja, en }

/** What to do about an issue; undefined where the schema library's own sentence says it better. */
export function reasonFor(language: keyof typeof all, issue: Issue): string | undefined {
  const words = all[language]
  if (issue.code === 'too_small' && issue.inclusive !== false) {
    if (issue.origin === 'string' && Number(issue.minimum) === 1) return words.fill
    return words.atLeast({ origin: issue.origin, limit: String(issue.minimum) })
  }
  if (issue.code === 'too_big' && issue.inclusive !== false) return words.atMost({ origin: issue.origin, limit: String(issue.maximum) })
  if (issue.code === 'invalid_format' && issue.format === 'email') return issue.input === '' ? words.fill : words.address
  return undefined
}
