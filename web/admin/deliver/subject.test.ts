import { expect, test } from 'vitest'
import { readableSubject } from './subject.ts'

const names: Readonly<Record<string, string>> = { 'lead.company': '会社名', 'lead.family_name': '姓' }
const read = (subject: string) => readableSubject(subject, (path) => names[path] ?? path)

test('NUR-01 a subject is read with the names of its merge fields and what stands in for them, never with codes of the template language', () => {
  expect(read('{{ lead.company | default: "貴社" }}様へ 秋の特集')).toBe('{会社名|貴社}様へ 秋の特集')
  expect(read("{{lead.family_name|default:'お客'}}様")).toBe('{姓|お客}様')
  expect(read('{{ lead.family_name }} 様')).toBe('{姓} 様')
  expect(read('{% if lead.company %}{{ lead.company }}様{% else %}ご担当者様{% endif %}へ')).toBe('{会社名}様 / ご担当者様へ')
  expect(read('{{ lead.company | strip | default: "" }}の皆様')).toBe('{会社名}の皆様')
  expect(read('100% の {お得}')).toBe('100% の {お得}')
})
