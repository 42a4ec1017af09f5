// From what OCR saw to lines of text as people would type them: blanks only where the gap is one. Pure.
import type { Box } from '../contract.ts'

/** A word as OCR tells it, in pixels of the straightened card. */
export interface SeenWord {
  readonly text: string
  readonly confidence: number
  readonly box: Box
}

export interface Line {
  readonly text: string
  /** 0 to 1. */
  readonly confidence: number
  readonly box: Box
  readonly side: 'front' | 'back'
}

const WIDE = /[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef々〆ヶ]/

/** The words of one line joined: between Japanese letters a blank stands only where the gap is wide, whatever OCR put there. */
export function joinWords(words: readonly SeenWord[], side: Line['side']): Line | null {
  const seen = words.filter((word) => word.text.trim() !== '').sort((a, b) => a.box.x - b.box.x)
  const [first] = seen
  if (!first) return null
  const height = median(seen.map((word) => word.box.height))
  let text = first.text.trim()
  for (let i = 1; i < seen.length; i++) {
    const [before, word] = [seen[i - 1] as SeenWord, seen[i] as SeenWord]
    const gap = word.box.x - (before.box.x + before.box.width)
    const wide = WIDE.test(text.at(-1) ?? '') && WIDE.test(word.text[0] ?? '')
    text += (gap > height * (wide ? 0.4 : 0.18) ? ' ' : '') + word.text.trim()
  }
  const length = seen.reduce((sum, word) => sum + word.text.length, 0)
  const confidence = seen.reduce((sum, word) => sum + word.confidence * word.text.length, 0) / length
  return { text: clean(text), confidence: Math.max(0, Math.min(1, confidence)), box: around(seen.map((word) => word.box)), side }
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** The smallest box around boxes. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x, y, width: right - x, height: bottom - y }
}

/** NFKC, the letters that OCR confuses with 株式会社 put right, no blank inside of numbers' hyphens. */
export function clean(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[|¦‖]/g, ' ')
    .replace(/株\s*[式武或弐]\s*[会公云][社杜]/g, '株式会社')
    .replace(/有\s*限\s*[会公云][社杜]/g, '有限会社')
    .replace(/合\s*同\s*[会公云][社杜]/g, '合同会社')
    .replace(/(?<=\d)\s*[‐‑‒–—―ー一~〜−]\s*(?=\d)/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
}
