/** The canonical status codes with their numbers on the wire (google.rpc.Code). */
export const CODE_NUMBERS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** A status code by its name. */
export type Code = keyof typeof CODE_NUMBERS;

/** Every code at the place of its number. */
const CODE_NAMES = Object.keys(CODE_NUMBERS) as Code[];

/** The code of a number from the wire; a number nobody defined is UNKNOWN, as the protocol asks. */
export function codeFromNumber(value: number): Code {
  return CODE_NAMES[value] ?? "UNKNOWN";
}
