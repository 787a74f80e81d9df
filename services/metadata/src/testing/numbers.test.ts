import fc from "fast-check";

const integer = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 120 }), fc.constant(Number.MAX_SAFE_INTEGER));

const identifier = fc.oneof(
  integer.map(String),
  fc.constantFrom("alpha", "alpha-1", "beta", "rc", "x", "-", "--", "0a", "Z", "a"),
  fc.stringMatching(/^[0-9A-Za-z-]{0,3}[A-Za-z-]$/),
);

/** Stable numbers, close together so that they meet on lines. */
export const stableNumbers = fc.tuple(integer, integer, integer).map((parts) => parts.join("."));

/** Numbers of every form that versions may have. */
export const numbers = fc
  .tuple(stableNumbers, fc.oneof(fc.constant([]), fc.array(identifier, { minLength: 1, maxLength: 4 })))
  .map(([core, prerelease]) => (prerelease.length === 0 ? core : `${core}-${prerelease.join(".")}`));
