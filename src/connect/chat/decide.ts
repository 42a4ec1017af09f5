// How a notice is written for each chat. Pure. What people have typed is text everywhere: no mention, no link, no mark-up of the chat.
import type { ChatAddress, ChatNotice } from '#loop/orchestrate/perform/ports.ts'

export interface ChatRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const MOST = 4_000

/** The request that puts a notice into its chat. */
export function requestOf(notice: ChatNotice, address: ChatAddress): ChatRequest {
  if (notice.way === 'chatwork') return chatwork(notice, address)
  const body = notice.way === 'slack' ? slack(notice) : teams(notice)
  return { url: address.url, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }
}

const textOf = ({ title, lines, link }: ChatNotice, clean: (text: string) => string): string =>
  [...[title, ...lines].map((line) => clean(line).slice(0, MOST)), ...(link ? [link] : [])].join('\n').slice(0, MOST)

/** Slack reads `<…>` as links and mentions and `&` as the escape of them: these three are all that must be escaped. */
const forSlack = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function slack(notice: ChatNotice): object {
  const block = (text: string) => ({ type: 'section', text: { type: 'plain_text', text: text.slice(0, 3_000), emoji: false } })
  const open = notice.link
    ? [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Hagukumi' }, url: notice.link }] }]
    : []
  return { text: textOf(notice, forSlack), blocks: [block([notice.title, ...notice.lines].join('\n') || ' '), ...open] }
}

/** An adaptive card, as the workflows of Teams take it. Its text blocks know some Markdown: signs of it are taken literally. */
const forTeams = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>~-]/g, (sign) => `\\${sign}`)

function teams(notice: ChatNotice): object {
  const block = (text: string, weight: 'Bolder' | 'Default') => ({
    type: 'TextBlock',
    text: forTeams(text).slice(0, MOST),
    wrap: true,
    weight,
  })
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [block(notice.title, 'Bolder'), ...notice.lines.map((line) => block(line, 'Default'))],
    ...(notice.link ? { actions: [{ type: 'Action.OpenUrl', title: 'Hagukumi', url: notice.link }] } : {}),
  }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] }
}

const CHATWORK = 'https://api.chatwork.com/v2'

/** Chatwork reads `[To:1]`, `[info]` and the like: brackets of others become full-width ones. */
const forChatwork = (text: string): string => text.replace(/\[/g, '［').replace(/\]/g, '］')

function chatwork(notice: ChatNotice, { url, room, token }: ChatAddress): ChatRequest {
  const text = textOf({ ...notice, title: '' }, forChatwork).trim()
  const body = `[info][title]${forChatwork(notice.title)}[/title]${text}[/info]`
  return {
    url: `${(url || CHATWORK).replace(/\/$/, '')}/rooms/${room}/messages`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-chatworktoken': token },
    body: new URLSearchParams({ body, self_unread: '1' }).toString(),
  }
}
