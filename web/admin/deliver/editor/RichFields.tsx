import { ActionIcon, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { type Block, NETWORKS } from '#loop/deliver/template/contract.ts'
import { useWords } from '../../words/words.tsx'
import { ImageField } from './ImageField.tsx'

export const isLink = (text: string) => /^(https?:\/\/|mailto:|tel:)[^\s<>"'`\\{}]+$/i.test(text)

type Rich = Extract<Block, { kind: 'article' | 'sns' | 'signature' | 'html' }>

/** The settings of the richer blocks. */
export function RichFields({ block, put }: { block: Rich; put: (block: Block) => void }) {
  const t = useWords('templates')
  const deliver = useWords('deliver')
  switch (block.kind) {
    case 'article':
      return (
        <>
          <ImageField src={block.src} onChange={(src) => put({ ...block, src })} />
          <TextInput
            label={deliver('alt')}
            description={deliver('altHint')}
            value={block.alt}
            maxLength={300}
            onChange={(e) => put({ ...block, alt: e.currentTarget.value })}
          />
          <TextInput
            label={t('editor.title')}
            value={block.title}
            maxLength={200}
            onChange={(e) => put({ ...block, title: e.currentTarget.value })}
          />
          <Textarea
            label={t('editor.summary')}
            autosize
            minRows={2}
            maxLength={1000}
            value={block.text}
            onChange={(e) => put({ ...block, text: e.currentTarget.value })}
          />
          <TextInput
            label={t('editor.address')}
            type="url"
            value={block.href}
            error={!isLink(block.href)}
            onChange={(e) => put({ ...block, href: e.currentTarget.value.trim() })}
          />
          <TextInput
            label={t('editor.linkWords')}
            value={block.label}
            maxLength={80}
            onChange={(e) => put({ ...block, label: e.currentTarget.value })}
          />
        </>
      )
    case 'sns':
      return <Networks block={block} put={put} />
    case 'signature':
      return (
        <>
          <Textarea
            label={t('editor.signatureNote')}
            autosize
            minRows={2}
            maxLength={1000}
            value={block.note}
            onChange={(e) => put({ ...block, note: e.currentTarget.value })}
          />
          <p className="muted tiny">{t('editor.signatureHint')}</p>
        </>
      )
    case 'html':
      return (
        <Textarea
          label={t('editor.html')}
          description={t('editor.htmlHint')}
          autosize
          minRows={10}
          maxRows={24}
          maxLength={100_000}
          spellCheck={false}
          classNames={{ input: 'code-area' }}
          value={block.html}
          onChange={(e) => put({ ...block, html: e.currentTarget.value })}
        />
      )
  }
}

function Networks({ block, put }: { block: Extract<Block, { kind: 'sns' }>; put: (block: Block) => void }) {
  const t = useWords('templates')
  return (
    <>
      {block.links.map((one, i) => {
        const name = t(`editor.network.${one.network}`)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same network may stand twice
          <div className="network-line" key={i}>
            <TextInput
              label={name}
              type="url"
              value={one.href}
              error={!isLink(one.href)}
              onChange={(e) => {
                const href = e.currentTarget.value.trim()
                put({ ...block, links: block.links.map((x, n) => (n === i ? { ...x, href } : x)) })
              }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('editor.dropLink', { name })}
              onClick={() => put({ ...block, links: block.links.filter((_, n) => n !== i) })}
            >
              <X size={14} />
            </ActionIcon>
          </div>
        )
      })}
      {block.links.length < 8 && (
        <NativeSelect
          aria-label={t('editor.addNetwork')}
          value=""
          onChange={(e) => {
            const network = NETWORKS.find((one) => one === e.currentTarget.value)
            if (network) put({ ...block, links: [...block.links, { network, href: 'https://' }] })
          }}
          data={[
            { value: '', label: t('editor.addNetwork') },
            ...NETWORKS.map((network) => ({ value: network as string, label: t(`editor.network.${network}`) })),
          ]}
        />
      )}
    </>
  )
}
