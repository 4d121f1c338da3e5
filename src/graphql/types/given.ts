/** GraphQL tells omitted from null; in the inputs of commands both mean "not given". */
export const given = <Value>(value: Value | null | undefined): Value | undefined => value ?? undefined
