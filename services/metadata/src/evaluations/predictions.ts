import type { PredictionRows, PredictionsHeader } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import {
  ClassificationAccumulator,
  LabelIndex,
  type MetricSet,
  type Pause,
  RegressionAccumulator,
} from "@slipway/metrics";
import { classFieldsOf, fieldsOf } from "./measured.ts";
import { type Columns, columnsOf, isClassification, rowCountOf } from "./prediction-columns.ts";
import { checkRow, type PredictionRow, rowAt } from "./prediction-row.ts";
import { invalid, type Results } from "./results.ts";

/** As the proto says. */
const MAXIMUM_ROWS = 20_000_000;
const MAXIMUM_CLASSES = 100;
const MAXIMUM_SLICES = 100;

type Accumulator = ClassificationAccumulator | RegressionAccumulator;

/**
 * Takes in the rows of a stream and says at the end what follows from them, of all and of each slice. Memory is bounded: the
 * counts of 100 classes in 100 slices, and the scores, each of which is kept once.
 */
export class Predictions {
  readonly #header: PredictionsHeader;
  readonly #labels = new LabelIndex(MAXIMUM_CLASSES);
  readonly #slices = new Map<string, Accumulator>();
  #whole: Accumulator | undefined;
  #columns: Columns | undefined;
  #rows = 0;

  constructor(header: PredictionsHeader) {
    this.#header = header;
  }

  get rowCount(): number {
    return this.#rows;
  }

  /** Bytes that it holds. */
  get allocatedBytes(): number {
    let bytes = 0;
    for (const each of [this.#whole, ...this.#slices.values()]) {
      if (each instanceof ClassificationAccumulator) bytes += each.allocatedBytes;
    }
    return bytes;
  }

  /** Throws EVALUATION_INVALID, which names the row, for what cannot be counted. */
  add(rows: PredictionRows): void {
    this.#columns ??= columnsOf(rows, this.#header.positiveLabel);
    this.#whole ??= this.#accumulator(this.#columns);
    const count = rowCountOf(rows, this.#columns);
    if (this.#rows + count > MAXIMUM_ROWS) throw invalid(`there are more than ${MAXIMUM_ROWS} rows`, "rows");
    for (let index = 0; index < count; index += 1) {
      const row = rowAt(rows, index);
      checkRow(row, this.#rows + 1);
      this.#addRow(this.#columns, this.#whole, row);
      this.#rows += 1;
    }
  }

  /** What was measured. Throws EVALUATION_INVALID where there are no rows, or none of the positive class. */
  async results(pause: Pause): Promise<Results> {
    const whole = this.#whole;
    if (whole === undefined) throw invalid("there are no rows", "rows");
    const { positiveLabel } = this.#header;
    if (positiveLabel !== "" && !this.#labels.has(positiveLabel)) {
      throw invalid(`no row has the positive class "${positiveLabel}"`, "header.positive_label");
    }
    const slices = [];
    for (const [slice, accumulator] of this.#slices) {
      const set = await setOf(accumulator, pause);
      if (isEmpty(set)) throw invalid(`the slice "${slice}" has only rows of weight 0`, "rows.weights");
      slices.push({ slice, ...fieldsOf(set), rowCount: BigInt(accumulator.rowCount) });
    }
    const rowCount = BigInt(this.#rows);
    if (whole instanceof RegressionAccumulator) return { ...measuredOf(whole.metrics()), slices, rowCount };
    const others = [...this.#slices.values()].flatMap((each) =>
      each instanceof ClassificationAccumulator ? each.runs() : [],
    );
    const { set, classes, matrix } = await whole.result(pause, others);
    return {
      ...measuredOf(set),
      classes: classes.map(classFieldsOf),
      slices,
      rowCount,
      ...(matrix && { confusionMatrix: { labels: [...matrix.labels], cells: Array.from(matrix.cells) } }),
    };
  }

  #addRow(columns: Columns, whole: Accumulator, row: PredictionRow): void {
    const slice = row.slice === "" ? undefined : this.#slice(columns, row.slice);
    const weight = row.weight ?? 1;
    if (whole instanceof RegressionAccumulator) {
      for (const each of [whole, slice]) {
        if (each instanceof RegressionAccumulator) each.add(row.target ?? 0, row.estimate ?? 0, weight);
      }
      return;
    }
    const label = this.#label(row.label ?? "");
    const prediction = row.prediction === undefined ? undefined : this.#label(row.prediction);
    // A score is kept once: by its slice, whose scores the whole gets at the end.
    whole.add(label, prediction, row.score, weight, slice === undefined);
    if (slice instanceof ClassificationAccumulator) slice.add(label, prediction, row.score, weight);
  }

  #label(label: string): number {
    const index = this.#labels.of(label);
    if (index !== undefined) return index;
    throw invalid(
      `row ${this.#rows + 1} has one more class than the ${MAXIMUM_CLASSES} that there may be`,
      "rows.labels",
    );
  }

  #slice(columns: Columns, name: string): Accumulator {
    const known = this.#slices.get(name);
    if (known !== undefined) return known;
    if (this.#slices.size === MAXIMUM_SLICES) {
      const problem = `row ${this.#rows + 1} has one more slice than the ${MAXIMUM_SLICES} that there may be`;
      throw invalid(problem, "rows.slices");
    }
    const made = this.#accumulator(columns);
    this.#slices.set(name, made);
    return made;
  }

  #accumulator(columns: Columns): Accumulator {
    if (!isClassification(columns)) return new RegressionAccumulator({ weighted: columns.weights });
    return new ClassificationAccumulator({
      columns,
      labels: this.#labels,
      positiveLabel: this.#header.positiveLabel,
    });
  }
}

/** The fields of the whole. Throws EVALUATION_INVALID where nothing could be measured. */
function measuredOf(set: MetricSet) {
  if (isEmpty(set)) throw invalid("all rows have the weight 0", "rows.weights");
  return fieldsOf(set);
}

function isEmpty({ metrics }: MetricSet): boolean {
  return Object.keys(metrics).length === 0;
}

async function setOf(accumulator: Accumulator, pause: Pause): Promise<MetricSet> {
  return accumulator instanceof RegressionAccumulator ? accumulator.metrics() : (await accumulator.result(pause)).set;
}
