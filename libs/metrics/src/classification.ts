import type { ConfusionMatrix } from "./confusion-matrix.ts";
import type { LabelIndex } from "./label-index.ts";
import { LogLoss } from "./log-loss.ts";
import { type ClassResult, matrixMetrics } from "./matrix-metrics.ts";
import { MetricSet } from "./metric-set.ts";
import { type Pause, rankingMetrics } from "./ranking.ts";
import { type ScoreRun, ScoreRuns } from "./score-runs.ts";

/** What rows of a classification have besides their label. */
export interface ClassificationColumns {
  predictions: boolean;
  scores: boolean;
  weights: boolean;
}

export interface ClassificationOptions {
  columns: ClassificationColumns;
  /** Shared by the whole and its slices. */
  labels: LabelIndex;
  /** The class that scores are about; empty without. */
  positiveLabel: string;
}

export interface ClassificationResult {
  set: MetricSet;
  classes: ClassResult[];
  /** Absent without predictions. */
  matrix: ConfusionMatrix | undefined;
}

/** Counts rows with labels and predictions or scores, in memory that is constant but for the scores (see ScoreRuns). */
export class ClassificationAccumulator {
  readonly #options: ClassificationOptions;
  readonly #cells: Float64Array;
  readonly #scores: ScoreRuns;
  readonly #logLoss: LogLoss;
  #rows = 0;

  constructor(options: ClassificationOptions) {
    const { columns, labels } = options;
    this.#options = options;
    this.#cells = new Float64Array(columns.predictions ? labels.capacity ** 2 : 0);
    this.#scores = new ScoreRuns({ weighted: columns.weights });
    this.#logLoss = new LogLoss({ weighted: columns.weights });
  }

  get rowCount(): number {
    return this.#rows;
  }

  /** Bytes that it holds. */
  get allocatedBytes(): number {
    return this.#cells.byteLength + this.#scores.allocatedBytes;
  }

  /** Labels as the index knows them; `keepScore` false where somebody else keeps it for this one too. */
  add(
    label: number,
    prediction: number | undefined,
    score: number | undefined,
    weight: number,
    keepScore = true,
  ): void {
    this.#rows += 1;
    const { labels, positiveLabel } = this.#options;
    if (prediction !== undefined) {
      const cell = label * labels.capacity + prediction;
      this.#cells[cell] = (this.#cells[cell] ?? 0) + weight;
    }
    if (score === undefined) return;
    const positive = labels.at(label) === positiveLabel;
    this.#logLoss.add(score, positive, weight);
    if (keepScore) this.#scores.add(score, positive, weight);
  }

  /** Its scores in order; see ScoreRuns. */
  runs(): ScoreRun[] {
    return this.#scores.sorted();
  }

  /** The metrics; of the scores of `others` too, which were kept elsewhere. */
  async result(pause: Pause, others: readonly ScoreRun[] = []): Promise<ClassificationResult> {
    const { columns, positiveLabel } = this.#options;
    const set = new MetricSet();
    const matrix = columns.predictions ? this.#matrix() : undefined;
    const found = matrix && matrixMetrics(matrix, positiveLabel === "" ? undefined : positiveLabel);
    if (found !== undefined) set.addAll(found.set);
    if (columns.scores) {
      set.addAll(await rankingMetrics([...this.runs(), ...others], pause));
      set.addAll(this.#logLoss.metrics());
    }
    return { set, classes: found?.classes ?? [], matrix };
  }

  #matrix(): ConfusionMatrix {
    const { labels, columns } = this.#options;
    const all = labels.all();
    const cells = all.flatMap((_, actual) =>
      all.map((__, predicted) => this.#cells[actual * labels.capacity + predicted] ?? 0),
    );
    return { labels: all, cells, counted: !columns.weights };
  }
}
