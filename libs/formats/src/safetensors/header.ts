import { JsonWalker } from "../json/json-walker.ts";

/** One tensor of a safetensors header. Offsets are relative to the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Characters from the start of the JSON, for findings. */
  readonly offset: number;
}

/** The header of a safetensors file (github.com/huggingface/safetensors, README, "Format"). */
export interface SafetensorsHeader {
  readonly tensors: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Reads the JSON of a header. Throws a JsonFault, whose message says "occurs twice" for a duplicate name. */
export function parseHeader(text: string): SafetensorsHeader {
  const walker = new JsonWalker(text);
  const tensors: TensorEntry[] = [];
  const metadata = new Map<string, string>();
  walker.object((name, offset) => {
    if (name === "__metadata__") walker.object((key) => metadata.set(key, walker.string()));
    else tensors.push(parseTensor(walker, name, offset));
  });
  walker.end();
  return { tensors, metadata };
}

function parseTensor(walker: JsonWalker, name: string, offset: number): TensorEntry {
  let dtype = "";
  const shape: number[] = [];
  const offsets: number[] = [];
  walker.object((member) => {
    if (member === "dtype") dtype = walker.string();
    else if (member === "shape") walker.array(() => shape.push(walker.number()));
    else if (member === "data_offsets") walker.array(() => offsets.push(walker.number()));
    else walker.skip();
  });
  const [begin = Number.NaN, end = Number.NaN] = offsets.length === 2 ? offsets : [];
  return { name, dtype, shape, begin, end, offset };
}
