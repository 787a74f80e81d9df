import { toJson } from "@bufbuild/protobuf";
import { Compatibility, type Model, ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { printable } from "@slipway/runtime";
import { type Command, Option } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { UsageError } from "../usage-error.ts";
import { modelResource } from "../version-name.ts";

const COMPATIBILITIES = { backward: Compatibility.BACKWARD, none: Compatibility.NONE } as const;

interface ListFlags {
  filter?: string;
  orderBy?: string;
  deleted?: boolean;
  shared?: boolean;
}

interface UpdateFlags {
  primaryDataset?: string;
  compatibility?: keyof typeof COMPATIBILITIES;
}

export function addModels(program: Command, context: ProgramContext): void {
  const models = program.command("models").description("list, show, share and delete models");

  const list = models
    .command("list")
    .description("list models")
    .option("--filter <filter>", 'such as: tags.env = "prod" AND labels = vision')
    .option("--order-by <field>", "create_time, name, update_time, version_count or author; ' desc' behind it")
    .option("--deleted", "list deleted models too")
    .option("--shared", "list what other tenants share, in place of your own");
  listCommand(context, list, {
    plural: "models",
    schema: ModelSchema,
    head: ["MODEL", "LATEST", "VERSIONS", "LABELS", "CREATED"],
    row: (model) => [
      bareName(model) + (model.deleteTime ? " (deleted)" : ""),
      model.latestVersion,
      String(model.versionCount),
      model.labels.join(" "),
      formatTime(model.createTime),
    ],
    async read({ models: service }, page, flags: ListFlags, options) {
      const { filter = "", orderBy = "", deleted = false, shared = false } = flags;
      const found = await service.listModels({ ...page, filter, orderBy, showDeleted: deleted, shared }, options);
      return { items: found.models, nextPageToken: found.nextPageToken };
    },
  });

  withSession(
    context,
    models.command("show <model>").description("show a model: iris, or a shared one: tenants/acme/models/iris"),
    async (session, name: string) => {
      const request = { name: modelResource(name) };
      const { model } = await session.connection.models.getModel(request, { signal: session.terminal.signal });
      if (model === undefined) return undefined;
      if (session.json) session.printJson(toJson(ModelSchema, model));
      else {
        session.printFields([
          ["model", bareName(model)],
          ["uid", model.uid],
          ["latest", model.latestVersion],
          ["versions", String(model.versionCount)],
          [
            "aliases",
            Object.entries(model.aliases)
              .map(([alias, number]) => `${alias} → ${number}`)
              .join(", "),
          ],
          ["labels", model.labels.join(" ")],
          [
            "tags",
            Object.entries(model.tags)
              .map(([key, value]) => `${key}=${value}`)
              .join(" "),
          ],
          ["author", model.author],
          ["owners", model.owners.join(", ")],
          ["primary dataset", model.primaryDataset],
          ["compatibility", model.compatibility === Compatibility.NONE ? "none" : ""],
          ["shared", model.shared ? "with all tenants" : ""],
          ["creator", model.creator],
          ["created", formatTime(model.createTime)],
          ["updated", formatTime(model.updateTime)],
          ["deleted", formatTime(model.deleteTime)],
          ["description", model.description],
        ]);
      }
      return undefined;
    },
  );

  addSharing(context, models);

  const update = models
    .command("update <model>")
    .description("change what a model says of itself")
    .option("--primary-dataset <name>", "the dataset whose evaluations count as what its versions score; '' for none")
    .addOption(
      new Option(
        "--compatibility <rule>",
        "what the numbers of new versions must promise: an incompatible interface is a new major, or nothing (administrators)",
      ).choices(Object.keys(COMPATIBILITIES)),
    );
  withSession(context, update, async (session, name: string, flags: UpdateFlags) => {
    const { primaryDataset, compatibility } = flags;
    const paths = [
      ...(primaryDataset === undefined ? [] : ["primary_dataset"]),
      ...(compatibility === undefined ? [] : ["compatibility"]),
    ];
    if (paths.length === 0) throw new UsageError("Say what to change: --primary-dataset or --compatibility.");
    const request = {
      model: {
        name: `models/${name}`,
        primaryDataset: primaryDataset ?? "",
        ...(compatibility !== undefined && { compatibility: COMPATIBILITIES[compatibility] }),
      },
      updateMask: { paths },
    };
    const { model } = await session.connection.models.updateModel(request, { signal: session.terminal.signal });
    if (session.json) session.printJson({ model: model && toJson(ModelSchema, model) });
    else session.print(`${printable(name)} is updated.\n`);
    return undefined;
  });

  const remove = models
    .command("delete <model>")
    .description("hide a model with its versions; it can be undeleted")
    .option("--purge", "remove it for good, with all its versions (administrators)")
    .option("--undelete", "bring a deleted model back");
  withSession(context, remove, async (session, name: string, flags: { purge?: boolean; undelete?: boolean }) => {
    const { models: service } = session.connection;
    const request = { name: `models/${name}` };
    const options = { signal: session.terminal.signal };
    const done = flags.undelete === true ? "undeleted" : flags.purge === true ? "purged" : "deleted";
    if (done === "undeleted") await service.undeleteModel(request, options);
    else await service.deleteModel(request, options);
    if (done === "purged") await service.purgeModel(request, options);
    if (session.json) session.printJson({ model: name, [done]: true });
    else session.print(`${name} is ${done}.${done === "deleted" ? " Bring it back with --undelete." : ""}\n`);
    return undefined;
  });
}

function addSharing(context: ProgramContext, models: Command): void {
  const share = models
    .command("share <model>")
    .description("let all tenants read a model's published versions (administrators)");
  withSession(context, share, async (session, name: string) => {
    const options = { signal: session.terminal.signal };
    const { tenant } = await session.connection.access.whoAmI({}, options);
    const { model } = await session.connection.models.shareModel({ name: modelResource(name) }, options);
    if (session.json) session.printJson({ model: model && toJson(ModelSchema, model) });
    else if (model)
      session.print(`${name} is shared. Other tenants pull it as ${printable(`${tenant}/${model.name}`)}\n`);
    return undefined;
  });

  const unshare = models
    .command("unshare <model>")
    .description("keep a model to its own tenant again (administrators)");
  withSession(context, unshare, async (session, name: string) => {
    const options = { signal: session.terminal.signal };
    const { model } = await session.connection.models.unshareModel({ name: modelResource(name) }, options);
    if (session.json) session.printJson({ model: model && toJson(ModelSchema, model) });
    else session.print(`${name} is no longer shared; downloads by other tenants end within 5 seconds.\n`);
    return undefined;
  });
}

function bareName(model: Model): string {
  return model.name.replace(/^models\//, "");
}
