import { expect, test } from 'vitest'
import type { News } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { isQuiet, signalIn } from './decide.ts'

const at = new Date('2026-04-08T01:00:00Z')
const news = (name: string, props: JsonObject = {}, more: Partial<News> = {}): News => ({
  bucket: 0,
  seq: 1,
  personId: 'p',
  eventId: 'e',
  name,
  occurredAt: at,
  receivedAt: at,
  historic: false,
  hop: 0,
  pageGroup: null,
  props,
  ...more,
})

test('SAL-01 a form, a click in a mail, a pricing page, a download and becoming hot are worth a call', () => {
  expect(signalIn(news('form.submitted', { form: 'f', formName: '資料請求' }))).toMatchObject({
    kind: 'form',
    channel: 'form',
    urgent: true,
    detail: { formName: '資料請求' },
  })
  expect(signalIn(news('mail.clicked', { url: 'https://example.jp/' }))).toMatchObject({ kind: 'click', channel: 'mail' })
  expect(signalIn(news('page.viewed', { path: '/pricing' }))).toMatchObject({ kind: 'pricing', channel: 'web' })
  expect(signalIn(news('page.viewed', { url: 'https://example.jp/plans/pro?x=1' }))).toMatchObject({ kind: 'pricing' })
  expect(signalIn(news('page.viewed', { title: '料金プラン', path: '/p' }))).toMatchObject({ kind: 'pricing' })
  expect(signalIn(news('page.viewed', { path: '/about' }, { pageGroup: 'pricing' }))).toMatchObject({ kind: 'pricing' })
  expect(signalIn(news('file.downloaded', { file: 'a.pdf' }))).toMatchObject({ kind: 'download' })
  expect(signalIn(news('heat.changed', { from: 'warm', to: 'hot' }))).toMatchObject({ kind: 'hot', urgent: true })
})

test('SAL-01 other pages, machines, cooling down, edits of rules and history are not', () => {
  expect(signalIn(news('page.viewed', { path: '/about' }))).toBeNull()
  expect(signalIn(news('page.viewed', { path: '/planning', title: 'How plants explain' }))).toBeNull()
  expect(signalIn(news('mail.clicked', { url: 'https://example.jp/', agent: 'machine' }))).toBeNull()
  expect(signalIn(news('heat.changed', { from: 'hot', to: 'warm' }))).toBeNull()
  expect(signalIn(news('heat.changed', { from: 'warm', to: 'hot', byEdit: true }))).toBeNull()
  expect(signalIn(news('form.submitted', {}, { historic: true }))).toBeNull()
  expect(signalIn(news('toString'))).toBeNull()
})

test('SAL-01 three pricing pages in a row are one signal, two forms are two', () => {
  const told = new Map<string, Date>()
  const minutes = (n: number) => new Date(at.getTime() + n * 60_000)
  expect([0, 5, 20, 31].map((n) => isQuiet(told, 'p', 'pricing', minutes(n)))).toEqual([false, true, true, false])
  expect([0, 1].map((n) => isQuiet(told, 'p', 'form', minutes(n)))).toEqual([false, false])
  expect(isQuiet(told, 'other', 'pricing', minutes(1))).toBe(false)
})
