import { expect, test } from 'vitest'
import { asAttachment, kindOf, looksLike, tidyName } from './decide.ts'

test('CRM-14 only listed kinds of files are taken: no SVG, no HTML, no script', () => {
  expect(kindOf('見積書.PDF')).toBe('pdf')
  for (const name of ['logo.svg', 'page.html', 'run.exe', 'a.js', 'noending', 'a.pdf.svg', '.htaccess']) expect(kindOf(name)).toBeNull()
})

test('CRM-14 a file must begin as its kind does: a drawing that calls itself a picture is refused', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  for (const kind of ['png', 'jpg', 'gif', 'webp', 'pdf', 'docx', 'txt', 'csv', 'md'] as const) expect(looksLike(kind, svg)).toBe(false)
  expect(looksLike('png', Buffer.from('89504e470d0a1a0a0000', 'hex'))).toBe(true)
  expect(looksLike('xlsx', Buffer.from('504b030414', 'hex'))).toBe(true)
  expect(looksLike('csv', Buffer.from('氏名,会社\n見本,株式会社見本'))).toBe(true)
})

test('CRM-14 a name keeps neither path nor hidden characters, and its header cannot be broken out of', () => {
  expect(tidyName('../../etc/passwd.txt')).toBe('passwd.txt')
  expect(tidyName('C:\\temp\\見積\u202efdp.exe.pdf')).toBe('見積fdp.exe.pdf')
  expect(tidyName(`${'長'.repeat(300)}.pdf`)).toHaveLength(150)
  expect(asAttachment('見"積\r\n.pdf')).toBe(`attachment; filename="_____.pdf"; filename*=UTF-8''%E8%A6%8B%22%E7%A9%8D%0D%0A.pdf`)
})
