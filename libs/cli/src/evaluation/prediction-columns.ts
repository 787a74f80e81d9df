import { ClientError } from "@slipway/client";

/** Which columns of a file hold what; what is not named has the name of what it holds, where there is such a column. */
export interface ColumnNames {
  labelColumn?: string;
  predictionColumn?: string;
  scoreColumn?: string;
  weightColumn?: string;
  sliceColumn?: string;
}

/** Where in a line each column stands. */
export interface ColumnPlaces {
  label: number;
  prediction: number | undefined;
  score: number | undefined;
  weight: number | undefined;
  slice: number | undefined;
}

/** Finds the columns by the first line of a file. Throws ClientError for one that is named and not there, or there twice. */
export function placesOf(head: readonly string[], names: ColumnNames): ColumnPlaces {
  const find = (name: string): number | undefined => {
    const place = head.indexOf(name);
    if (place !== head.lastIndexOf(name)) throw new ClientError(`There are two columns "${name}".`);
    return place < 0 ? undefined : place;
  };
  const there = head.map((name) => `"${name}"`).join(", ");
  const needed = (name: string, option: string): number => {
    const place = find(name);
    if (place !== undefined) return place;
    throw new ClientError(`There is no column "${name}", only ${there}. Name it with ${option}.`);
  };
  const optional = (given: string | undefined, usual: string, option: string) =>
    given === undefined ? find(usual) : needed(given, option);
  return {
    label: needed(names.labelColumn ?? "label", "--label-column"),
    prediction: optional(names.predictionColumn, "prediction", "--prediction-column"),
    score: optional(names.scoreColumn, "score", "--score-column"),
    weight: optional(names.weightColumn, "weight", "--weight-column"),
    slice: optional(names.sliceColumn, "slice", "--slice-column"),
  };
}
