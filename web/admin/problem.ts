/** Problems of the API (RFC 9457) as the screens see them. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors?: readonly { readonly field: string; readonly reason: string }[]
}

/** An answer that was not 2xx. `status` 0: the server could not be reached. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The problem inside any error; null when the error is a fault of the screen itself. */
export const problemOf = (error: unknown): Problem | null => (error instanceof ProblemError ? error.problem : null)

/** Whether a conflict says itself, in the reader's language, what stands in the way: “reload” would be wrong advice before it. */
export const saysItself = ({ status, detail }: Problem): boolean =>
  status === 409 && detail !== '' && (document.documentElement.lang === 'en' || /[\u3040-\u30ff]/.test(detail))

/** Refusals are worded in both languages, `日本語 / English`: the half that the page speaks. Names in the English half may be Japanese. */
export const spoken = (text: string): string =>
  text
    .split(' · ')
    .map((part) => {
      const [, ja = part, en = part] = /^(.*[\u3040-\u30ff\u4e00-\u9fff].*) \/ ([^\u3040-\u30ff\u4e00-\u9fff]*|[A-Z].*)$/.exec(part) ?? []
      return document.documentElement.lang === 'en' ? en : ja
    })
    .join(' · ')

/** The Japanese text of a refusal that came in English alone. */
async function inJapanese({ code, detail }: Partial<Problem>): Promise<string | undefined> {
  if (document.documentElement.lang === 'en' || !code || /[\u3040-\u30ff]/.test(detail ?? '')) return undefined
  const { refusals } = await import('./words/refusals.ts')
  return refusals[code]
}

/** Reads a response that is not ok; servers in between may answer something else than problem+json. */
export async function problemFrom(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  const own = await inJapanese(given)
  const say = (text: string) => (own && text === given.detail ? own : spoken(text))
  const errors = given.errors?.map(({ field, reason }) => ({ field, reason: say(reason) }))
  const plain = { type: 'about:blank', title: response.statusText, code: `http.${response.status}`, ...given }
  return { ...plain, detail: say(given.detail ?? ''), ...(errors ? { errors } : {}), status: response.status }
}
