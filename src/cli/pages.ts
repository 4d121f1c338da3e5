/** Rows that one statement reads: few enough for its parameters, too. */
const PAGE = 500

/** Reads at most `take` rows behind `last`, in an order that does not change. */
type ReadPage<Row> = (last: Row | undefined, take: number) => Promise<Row[]>

/** The rows of a table, page by page, however many there are. */
export async function* pagesOf<Row>(read: ReadPage<Row>, take = PAGE): AsyncGenerator<Row[]> {
  let last: Row | undefined
  do {
    const rows = await read(last, take)
    yield rows
    last = rows.length < take ? undefined : rows.at(-1)
  } while (last !== undefined)
}

/** The same, for what is needed whole. */
export async function allOf<Row>(read: ReadPage<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const page of pagesOf(read)) for (const row of page) all.push(row)
  return all
}
