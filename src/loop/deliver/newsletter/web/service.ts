// A newsletter as a page on the web: nobody's copy. No name, no pixel, no trap, links that name nobody, no block that is for some only.
import type { Ctx } from '#kernel/ctx.ts'
import { contextOf, type MailFrame } from '../../sender/context.ts'
import type { Recipient } from '../../sender/queries.ts'
import { outfit } from '../../sender/settings.ts'
import { render } from '../../template/kitchen.ts'
import { loadVersions, type VersionSource } from '../../template/queries.ts'
import { SAMPLE } from '../../template/sample.ts'
import { findNewsletter } from '../queries.ts'

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const NOBODY: Recipient = {
  ...SAMPLE,
  mail: null,
  family_name: null,
  given_name: null,
  family_kana: null,
  given_kana: null,
  company_name: null,
  department: null,
  title: null,
  prefecture: null,
  industry: null,
  tracked: false,
}

export interface WebCopy {
  readonly source: VersionSource
  readonly frame: MailFrame
}

/** What the page is made of, or null when there is none: unknown, not begun, or not switched on. */
export async function findWebCopy(ctx: Ctx, id: string): Promise<WebCopy | null> {
  const row = ID.test(id) ? await findNewsletter(ctx.db, id) : undefined
  if (!row?.on_web || !row.version_id || row.started_at === null) return null
  const version = row.test_result?.goes === 'b' && row.test_version ? row.test_version : row.version_id
  const [source] = await loadVersions(ctx.db, [version])
  return source ? { source, frame: (await outfit(ctx)).frame } : null
}

/** The page itself. */
export async function drawWebCopy({ source, frame }: WebCopy): Promise<string> {
  const context = contextOf(frame, NOBODY, { token: null, purpose: 'transactional', segments: new Set(), versionId: source.id })
  const [mail] = await render(source.id, { subject: source.subject, html: source.html, text: source.body_text }, [context])
  return mail?.html ?? ''
}
