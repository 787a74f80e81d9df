import type { Verdict } from "./verdict.ts";

interface Rule {
  readonly severity: Verdict;
  /** One sentence: what the person who pushed the file should do next. */
  readonly advice: string;
}

const loadElsewhere = "Save the model as safetensors or ONNX, which hold no code, or ask the tenant's administrator.";
const pushWhole = "Write the file again with its own library and push that.";
const repack = "Pack the archive again with an ordinary tool and push that.";

/** Every rule of an inspection. Ids are stable: they stand in stored findings and in the policies of tenants. */
export const RULES = {
  "reader.timeout": {
    severity: "SUSPICIOUS",
    advice: "Push the model again, split into smaller files, or ask the operator to raise the time limit.",
  },
  "reader.memory": {
    severity: "DANGEROUS",
    advice: "The file exhausts whoever reads it; save the model in another way.",
  },
  "reader.crash": {
    severity: "DANGEROUS",
    advice: "The file breaks its reader; write it again with its own library, and report this if that does not help.",
  },
  "reader.read-limit": {
    severity: "SUSPICIOUS",
    advice: "The rest was not looked at; ask the operator to raise the limit.",
  },
  "reader.inflation-limit": {
    severity: "SUSPICIOUS",
    advice: "The rest was not looked at; save the model without compression, or ask the operator to raise the limit.",
  },
  "reader.depth": { severity: "SUSPICIOUS", advice: "Unpack the inner archives and push their files." },
  "reader.findings-limit": { severity: "SUSPICIOUS", advice: "Mend the findings above and push again." },
  "format.mismatch": {
    severity: "SUSPICIOUS",
    advice: "Give the file a name that fits its content, or push the file that was meant.",
  },
  "format.polyglot": {
    severity: "SUSPICIOUS",
    advice: "Different programs read it as different things; write the file again with one library.",
  },
  "file.executable": { severity: "SUSPICIOUS", advice: "Leave programs out of the artifact." },
  "file.source": { severity: "SAFE", advice: "It runs only where a loader is told to trust it; read it before that." },
  "compression.opaque": {
    severity: "SUSPICIOUS",
    advice: "Compress with zlib or gzip, or not at all, so that the content can be looked into.",
  },
  "compression.corrupt": { severity: "SUSPICIOUS", advice: pushWhole },
  "compression.trailing": { severity: "SUSPICIOUS", advice: pushWhole },
  "compression.bomb": { severity: "DANGEROUS", advice: "Save the content without compression." },
  "archive.name": { severity: "DANGEROUS", advice: "Pack the archive again with relative names inside it." },
  "archive.link": { severity: "SUSPICIOUS", advice: "Pack the files themselves instead of links to them." },
  "archive.link-escape": { severity: "DANGEROUS", advice: "Pack the files themselves instead of links to them." },
  "archive.device": { severity: "DANGEROUS", advice: "Pack regular files and folders only." },
  "archive.duplicate": { severity: "SUSPICIOUS", advice: repack },
  "archive.entries": { severity: "SUSPICIOUS", advice: "Split the archive, or push its files unpacked." },
  "zip.corrupt": { severity: "SUSPICIOUS", advice: repack },
  "zip.encrypted": {
    severity: "SUSPICIOUS",
    advice: "Pack without a password, so that the content can be looked into.",
  },
  "zip.headers": { severity: "DANGEROUS", advice: repack },
  "zip.overlap": { severity: "DANGEROUS", advice: repack },
  "zip.hidden": { severity: "SUSPICIOUS", advice: repack },
  "zip.checksum": { severity: "SUSPICIOUS", advice: repack },
  "tar.corrupt": { severity: "SUSPICIOUS", advice: repack },
  "pickle.import.denied": { severity: "DANGEROUS", advice: loadElsewhere },
  "pickle.import.unresolved": { severity: "DANGEROUS", advice: loadElsewhere },
  "pickle.import.unknown": { severity: "SUSPICIOUS", advice: loadElsewhere },
  "pickle.frame": { severity: "DANGEROUS", advice: loadElsewhere },
  "pickle.memo": { severity: "DANGEROUS", advice: loadElsewhere },
  "pickle.change-import": { severity: "DANGEROUS", advice: loadElsewhere },
  "pickle.call": { severity: "SUSPICIOUS", advice: loadElsewhere },
  "pickle.extension": { severity: "SUSPICIOUS", advice: loadElsewhere },
  "pickle.persistent-id": { severity: "SUSPICIOUS", advice: loadElsewhere },
  "pickle.out-of-band": { severity: "SUSPICIOUS", advice: loadElsewhere },
  "pickle.malformed": { severity: "SUSPICIOUS", advice: pushWhole },
  "pickle.trailing": { severity: "SUSPICIOUS", advice: pushWhole },
  "pickle.limit": { severity: "SUSPICIOUS", advice: "The rest was not looked at; save the model in smaller files." },
  "joblib.array": { severity: "SUSPICIOUS", advice: pushWhole },
  "yaml.object": {
    severity: "SUSPICIOUS",
    advice: "Write plain YAML: a tag of Python makes an unsafe loader create objects.",
  },
  "yaml.call": {
    severity: "DANGEROUS",
    advice: "Write plain YAML: a tag of Python makes an unsafe loader call functions.",
  },
  "npy.malformed": { severity: "SUSPICIOUS", advice: pushWhole },
  "safetensors.header-size": { severity: "DANGEROUS", advice: pushWhole },
  "safetensors.header": { severity: "DANGEROUS", advice: pushWhole },
  "safetensors.duplicate": { severity: "DANGEROUS", advice: pushWhole },
  "safetensors.offsets": { severity: "DANGEROUS", advice: pushWhole },
  "safetensors.hole": { severity: "SUSPICIOUS", advice: pushWhole },
  "safetensors.dtype": { severity: "SUSPICIOUS", advice: "Save with a data type of the format's specification." },
  "onnx.malformed": { severity: "DANGEROUS", advice: pushWhole },
  "onnx.tensor-size": { severity: "SUSPICIOUS", advice: pushWhole },
  "onnx.depth": { severity: "SUSPICIOUS", advice: "Export the model with less deeply nested graphs." },
  "onnx.external-data.escape": {
    severity: "DANGEROUS",
    advice: "Export the model again with its data beside it, under a relative name.",
  },
  "onnx.external-data.missing": { severity: "SUSPICIOUS", advice: "Push the data file together with the model." },
  "onnx.external-data.range": { severity: "SUSPICIOUS", advice: "Push the data file that belongs to this model." },
  "onnx.operators": { severity: "SAFE", advice: "It loads only where a library with these operators is registered." },
  "gguf.malformed": { severity: "SUSPICIOUS", advice: pushWhole },
  "hdf5.malformed": { severity: "SUSPICIOUS", advice: pushWhole },
  "keras.lambda": {
    severity: "DANGEROUS",
    advice: "Replace Lambda layers by registered layers: a Lambda layer is Python code that runs on load.",
  },
  "tensorflow.malformed": { severity: "SUSPICIOUS", advice: pushWhole },
  "tensorflow.operator": {
    severity: "DANGEROUS",
    advice: "Export the model without operations that reach files or run Python.",
  },
} as const satisfies Record<string, Rule>;

/** The id of a rule: dotted, lower case, at most 128 characters. */
export type RuleId = keyof typeof RULES;
