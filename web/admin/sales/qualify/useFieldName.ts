import { ASKED, FRAMEWORKS } from '#loop/sales/qualify/asked/contract.ts'
import { useLanguage } from '../../words/words.tsx'

/** `bant.budget` in words. */
export function useFieldName(): (name: string) => string {
  const { language } = useLanguage()
  const all = FRAMEWORKS.flatMap((framework) =>
    ASKED[framework].map((one) => [`${framework}.${one.field}`, `${framework.toUpperCase()} ${one[language]}`] as const),
  )
  return (name) => all.find(([key]) => key === name)?.[1] ?? name
}
