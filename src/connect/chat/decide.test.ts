import { expect, test } from 'vitest'
import type { ChatNotice } from '#loop/orchestrate/perform/ports.ts'
import { requestOf } from './decide.ts'

const address = { url: 'https://chat.example/hook', room: '42', token: 'secret' }
const notice = (way: ChatNotice['way'], line: string): ChatNotice => ({
  ...{ id: 'i', way, channelId: 'c', address, title: '件名', lines: [line], link: 'https://mihon.example/leads/1' },
})

test('X9 what a lead has typed mentions nobody, links nowhere and marks nothing up, in any chat', () => {
  const slack = JSON.parse(requestOf(notice('slack', '<!everyone> <https://evil.example|見て> &'), address).body) as {
    text: string
    blocks: { text?: { type: string } }[]
  }
  expect(slack.text).toContain('&lt;!everyone&gt; &lt;https://evil.example|見て&gt; &amp;')
  expect(slack.blocks[0]?.text?.type).toBe('plain_text')
  const teams = requestOf(notice('teams', '[見て](https://evil.example) **x**'), address).body
  expect(teams).toContain('\\\\[見て\\\\]')
  const chatwork = requestOf(notice('chatwork', '[toall] [/info]'), address)
  const body = new URLSearchParams(chatwork.body).get('body')
  expect(body).toBe('[info][title]件名[/title]［toall］ ［/info］\nhttps://mihon.example/leads/1[/info]')
})

test('Chatwork is called at the room with the token in a header; another base can be named', () => {
  const usual = requestOf(notice('chatwork', 'x'), { ...address, url: '' })
  expect(usual.url).toBe('https://api.chatwork.com/v2/rooms/42/messages')
  expect(usual.headers['x-chatworktoken']).toBe('secret')
  expect(requestOf(notice('chatwork', 'x'), { ...address, url: 'https://chat.example/v2/' }).url).toBe(
    'https://chat.example/v2/rooms/42/messages',
  )
})
