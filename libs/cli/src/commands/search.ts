import { toJson } from "@bufbuild/protobuf";
import { type Facet, FacetSchema } from "@slipway/gen/slipway/metadata/v1/facet_pb.js";
import { VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Command } from "commander";
import type { ProgramContext } from "../command.ts";
import { formatMetrics, metricsNamedIn } from "../format-metrics.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { shortName } from "../version-name.ts";

const FACETS = ["state", "stage", "framework", "labels"];

/** Counts of the service end here, one above what it tells exactly. */
const COUNT_CAP = 1001;

interface SearchFlags {
  filter?: string;
  orderBy?: string;
  facets?: boolean;
}

export function addSearch(program: Command, context: ProgramContext): void {
  const search = program
    .command("search [words...]")
    .description("find versions of all models by words of any language, the last of which may be a beginning")
    .option("--filter <filter>", "such as: stage = production AND metrics.f1 > 0.8 (docs/search.md)")
    .option("--order-by <field>", "create_time desc (default), model, number, metrics.f1 …; ' desc' behind it")
    .option("--facets", "count states, stages, frameworks and labels of what was found, the newest 1,000");
  listCommand(context, search, {
    plural: "versions",
    schema: VersionSchema,
    head: ["VERSION", "STATE", "STAGE", "METRICS", "CREATED", "BY"],
    row: (version, { filter = "", orderBy = "" }: SearchFlags) => [
      shortName(version),
      VersionState[version.state],
      version.stage,
      formatMetrics(version.metrics, metricsNamedIn(orderBy, filter)),
      formatTime(version.createTime),
      version.author || version.creator,
    ],
    async read({ versions }, page, flags: SearchFlags, options, words: string[]) {
      const { filter = "", orderBy = "create_time desc" } = flags;
      const isFirst = page.pageToken === "";
      const facets = isFirst && flags.facets === true ? FACETS : [];
      const request = { ...page, parent: "models/-", query: words.join(" "), filter, orderBy, facets };
      const found = await versions.listVersions({ ...request, includeTotalSize: isFirst }, options);
      return {
        items: found.versions,
        nextPageToken: found.nextPageToken,
        ...(isFirst && {
          summary: {
            json: {
              totalSize: found.totalSize,
              ...(flags.facets === true && { facets: found.facets.map((facet) => toJson(FacetSchema, facet)) }),
            },
            fields: [["found", describeTotal(found.totalSize)] as const, ...found.facets.map(describeFacet)],
          },
        }),
      };
    },
  });
}

function describeFacet({ field, values, incomplete }: Facet): readonly [string, string] {
  const counted = values.map(({ value, count }) => `${value} ${count}`);
  return [field, [...counted, ...(incomplete && counted.length > 0 ? ["…"] : [])].join(", ")];
}

function describeTotal(count: number): string {
  return count >= COUNT_CAP ? "more than 1,000" : String(count);
}
