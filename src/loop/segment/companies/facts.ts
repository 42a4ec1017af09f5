// Which segments of companies a company is in, as a fact of it and of its people.
import type { CompanyFact } from '#loop/identify/companies/facts.ts'
import { segmentsOfCompanySql } from './queries.ts'

export const companyFacts: readonly CompanyFact[] = [
  { name: 'segments', type: 'multi', words: { ja: '会社セグメント', en: 'Company segments' }, sql: segmentsOfCompanySql },
]
