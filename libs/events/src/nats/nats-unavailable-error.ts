/** The bus is away: who published goes on, and consumers find the events by looking. The message is for operators. */
export class NatsUnavailableError extends Error {
  override readonly name = "NatsUnavailableError";

  constructor(missing: string, options?: { cause?: unknown }) {
    super(`Events are not published: ${missing}.`, options);
  }
}
