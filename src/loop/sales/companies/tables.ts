/** Which company a deal is with, kept when its people move on. A company that was merged is read with all that went into its heir. */
export interface DealCompanyTable {
  deal_id: string
  company_id: string
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    deal_company: DealCompanyTable
  }
}
