import type { TransactionClient } from '../database/client.ts'

/**
 * Keeps others from changing a token until the transaction has ended: a MAC is made over the whole row, so two that change
 * it must not both start from the same one. What is read of it afterwards is as it stays. Nothing when there is no such token.
 */
export async function lockToken(transaction: TransactionClient, id: string): Promise<void> {
  await transaction.$executeRaw`UPDATE access_tokens SET name = name WHERE id = ${id}`
}
