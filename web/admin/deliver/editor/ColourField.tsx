import { Button, ColorInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'

const HEX = /^#[0-9a-f]{6}$/i

/** A colour, chosen from the company's own first. */
export function ColourField({ value, onChange }: { value: string; onChange: (to: string) => void }) {
  const t = useWords('templates')
  const deliver = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const kit = useQuery(api.templateKit.get.queryOptions({ input: {} }))
  const colours = kit.data?.colours ?? []
  const isNew = HEX.test(value) && !colours.includes(value.toLowerCase()) && colours.length < 8
  const keep = () => client.templateKit.setColours({ colours: [...colours, value] }).then(() => again(api.templateKit.key()), toast.failed)
  return (
    <div>
      <ColorInput
        label={deliver('color')}
        format="hex"
        swatches={[...colours]}
        swatchesPerRow={8}
        value={value}
        onChange={(color) => HEX.test(color) && onChange(color)}
      />
      {isNew && may('templates.write') && (
        <Button size="compact-xs" variant="subtle" leftSection={<Plus size={12} />} onClick={() => void keep()}>
          {t('editor.keepColour')}
        </Button>
      )}
    </div>
  )
}
