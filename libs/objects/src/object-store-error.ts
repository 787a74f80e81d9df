/** The one error of every ObjectStore; the kinds are explained at the port. */
export class ObjectStoreError extends Error {
  override readonly name = "ObjectStoreError";
  readonly kind: "NOT_FOUND" | "FULL" | "UNAVAILABLE" | "INVALID";

  constructor(kind: ObjectStoreError["kind"], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}
