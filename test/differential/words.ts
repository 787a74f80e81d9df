/** Names and words that sort otherwise by UTF-16 unit than by code point, or look alike, or need care in a query. */
export const MODEL_NAMES = [
  "iris",
  "Iris",
  "iris 2",
  "模型",
  "模型二",
  "caf\u00e9",
  "cafe\u0301 2",
  "\uff5e wave",
  "\u{1f600} smile",
  "\u{20000}字",
  "\ufb01ne",
  "a.b-c_d",
  "-dash",
  '"quoted"',
  "s=1*",
];

/** By code point in this order, by UTF-16 unit in another one. */
export const FIRST_NAMES = ["模型", "\uff5e wave", "\u{1f600} smile"];

/** What no model may be called. */
export const REFUSED_NAMES = [
  "a:b",
  "..",
  "-",
  "zero\u200bwidth",
  "a\u202eb",
  " space",
  "x".repeat(257),
  "a\u0000b",
  "",
];

export const TEXTS = [
  "ada",
  "Ada Lovelace",
  "愛達",
  "e\u0301",
  "\u00e9",
  "\uff21",
  "\u{1f600}",
  "\uffee",
  'with "quotes" and \\',
  "per%cent",
  "a=b",
  "*",
  "nul\u0000inside",
  "line\nbreak",
  "$where",
  "constructor",
];

export const TAG_KEYS = ["env", "环境", "team.name", "$set", "a b", "\u{1f680}"];
