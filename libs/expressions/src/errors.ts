/** The condition cannot be compiled: what is wrong with its text, in words that go on from "It is refused: ". */
export class ConditionInvalid extends Error {
  override readonly name = "ConditionInvalid";
}

/** The condition compiled, but gives no answer for these values: a key that they lack, a type, too much work. */
export class ConditionFailure extends Error {
  override readonly name = "ConditionFailure";
}
