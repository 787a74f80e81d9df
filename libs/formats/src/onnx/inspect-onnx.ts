import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { WireFault, WireReader } from "../protobuf/wire-reader.ts";
import { Refusal } from "../refusal.ts";
import { checkExternalData } from "./check-external-data.ts";
import { rawSizeBytes } from "./element-types.ts";
import { type Graph, readGraph, readNode } from "./read-graph.ts";
import { readEntry, type TensorHead } from "./read-tensor.ts";

/** Domains whose operators come with ONNX or ONNX Runtime. */
const KNOWN_DOMAIN = /^(?:|ai\.onnx(?:\.ml|\.training|\.preview(?:\.training)?)?|com\.microsoft(?:\.[a-z]+)*)$/;
const MOST_FIELDS = 10_000;

/** Reads an ONNX model: signature, producer, licence, parameters; checks its tensors and their external data. */
export async function inspectOnnx(inspection: Inspection, content: Content, facts: Facts): Promise<void> {
  const cursor = await content.open();
  try {
    await new OnnxReading(inspection, content, facts, new WireReader(cursor)).run();
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw new Refusal("onnx.malformed", `the model is damaged: ${error.message}`, error.offset);
  } finally {
    cursor.close();
  }
}

class OnnxReading {
  readonly #inspection: Inspection;
  readonly #content: Content;
  readonly #facts: Facts;
  readonly #reader: WireReader;
  #producer = { name: "", version: "" };
  #parameterCount = 0;
  readonly #domains = new Set<string>();
  readonly #functionDomains = new Set<string>();
  readonly #externalSeen = new Set<string>();

  constructor(inspection: Inspection, content: Content, facts: Facts, reader: WireReader) {
    this.#inspection = inspection;
    this.#content = content;
    this.#facts = facts;
    this.#reader = reader;
  }

  /** Reads a ModelProto (onnx/onnx.proto3). */
  async run(): Promise<void> {
    const reader = this.#reader;
    const withNodes = !this.#inspection.headersOnly;
    const inner = withNodes ? this.#visit : () => {};
    await reader.each(undefined, {
      2: async (field) => {
        this.#producer.name = await reader.text(field);
      },
      3: async (field) => {
        this.#producer.version = await reader.text(field);
      },
      7: async (field) => this.#tellGraph(await readGraph(reader, field, this.#visit, withNodes)),
      8: (field) =>
        reader.each(field, {
          1: async (domain) => {
            this.#domains.add(await reader.text(domain));
          },
        }),
      14: async (field) => this.#tellProperty(...(await readEntry(reader, field))),
      // Training information: an initialization graph and an algorithm graph.
      20: (field) =>
        reader.each(field, {
          1: (graph) => readGraph(reader, graph, inner, withNodes),
          2: (graph) => readGraph(reader, graph, inner, withNodes),
        }),
      25: (field) =>
        reader.each(field, {
          7: (node) => (withNodes ? readNode(reader, node, inner, 0) : undefined),
          10: async (domain) => {
            this.#functionDomains.add(await reader.text(domain));
          },
        }),
    });
    this.#facts.parameterCount = this.#parameterCount;
    this.#facts.framework = `${this.#producer.name} ${this.#producer.version}`.trim().slice(0, 200);
    this.#checkDomains();
  }

  #tellGraph({ inputs, outputs, initializers }: Graph): void {
    const withoutDefaults = inputs.filter((input) => !initializers.has(input.name) && input.name !== "");
    if (withoutDefaults.length > MOST_FIELDS || outputs.length > MOST_FIELDS) return;
    const always = outputs.filter((output) => output.name !== "").map((output) => ({ ...output, optional: false }));
    this.#facts.signature = { inputs: withoutDefaults, outputs: always };
  }

  #tellProperty(key: string, value: string): void {
    if (key === "license" || key === "licence") this.#facts.licence = value.slice(0, 200);
  }

  readonly #visit = (tensor: TensorHead, isInitializer: boolean): void => {
    const { elements, external, offset, rawBytes } = tensor;
    if (isInitializer && Number.isSafeInteger(this.#parameterCount + elements)) this.#parameterCount += elements;
    const wanted = rawSizeBytes(tensor.elementType, elements);
    if (Number.isNaN(elements) || (rawBytes !== undefined && wanted !== undefined && rawBytes !== wanted)) {
      const what = `the data of tensor ${JSON.stringify(tensor.name.slice(0, 100))} does not fit its type and shape`;
      this.#inspection.report("onnx.tensor-size", this.#content.path, what, offset);
    }
    if (external === undefined) return;
    const key = `${external.location}\n${external.offsetBytes}\n${external.lengthBytes}`;
    if (this.#externalSeen.has(key)) return;
    this.#externalSeen.add(key);
    const modelPath = this.#content.depth === 0 ? this.#content.path : undefined;
    checkExternalData(this.#inspection, this.#content.path, modelPath, external, offset);
  };

  #checkDomains(): void {
    for (const domain of this.#domains) {
      if (KNOWN_DOMAIN.test(domain) || this.#functionDomains.has(domain)) continue;
      const what = `the model uses operators of ${JSON.stringify(domain.slice(0, 100))}, which ONNX does not define`;
      this.#inspection.report("onnx.operators", this.#content.path, what);
    }
  }
}
