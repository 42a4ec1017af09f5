import { CodeXml, Image as ImageIcon } from 'lucide-react'
import type { Block } from '#loop/deliver/template/contract.ts'
import { useWords } from '../../words/words.tsx'
import { Fielded } from './Fielded.tsx'

type Rich = Extract<Block, { kind: 'article' | 'sns' | 'signature' | 'html' }>

/** How the richer blocks look on the sheet; the preview is the truth. */
export function RichLook({ block }: { block: Rich }) {
  const t = useWords('templates')
  switch (block.kind) {
    case 'article':
      return (
        <div className="look-article">
          {block.src ? <img src={block.src} alt={block.alt} /> : <ImageIcon size={22} aria-hidden />}
          <div>
            <b>
              <Fielded text={block.title} />
            </b>
            {block.text && (
              <div className="pre">
                <Fielded text={block.text} />
              </div>
            )}
            {block.label && <span className="look-link">{block.label}</span>}
          </div>
        </div>
      )
    case 'sns':
      return (
        <div className="look-sns" style={{ textAlign: block.align }}>
          {block.links.length === 0 && <span className="look-hint">{t('editor.noNetworks')}</span>}
          {block.links.map((one, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same network may stand twice
            <span key={i}>{t(`editor.network.${one.network}`)}</span>
          ))}
        </div>
      )
    case 'signature':
      return (
        <div className="look-signature">
          {block.note && (
            <div className="pre">
              <Fielded text={block.note} />
            </div>
          )}
          <Fielded text="{{ sender.legal_name }}" />
          <br />
          <Fielded text="{{ owner.name }}" />
          <br />
          <Fielded text="{{ owner.email }}" />
        </div>
      )
    case 'html':
      return (
        <div className="look-html">
          <CodeXml size={16} aria-hidden />
          <code>{block.html.slice(0, 400) || t('editor.htmlEmpty')}</code>
        </div>
      )
  }
}
