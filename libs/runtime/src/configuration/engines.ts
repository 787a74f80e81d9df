import { resolve } from "node:path";

/** Where documents live: one database file per service in a folder. */
export interface DocumentsLocation {
  engine: "sqlite";
  folder: string;
}

/** Where objects live. */
export interface ObjectsLocation {
  engine: "file";
  folder: string;
}

/** What wakes the consumers of events. */
export interface EventsLocation {
  engine: "embedded";
}

/** `sqlite:FOLDER`, relative to the working folder. Throws an Error in words for anything else. */
export function parseDocuments(text: string): DocumentsLocation {
  if (/^mongodb(\+srv)?:\/\//.test(text)) throw new Error("MongoDB is not supported yet. Use sqlite:FOLDER.");
  return { engine: "sqlite", folder: folderAfter("sqlite:", text) };
}

/** `file:FOLDER`, relative to the working folder. Throws an Error in words for anything else. */
export function parseObjects(text: string): ObjectsLocation {
  if (/^s3\+https?:\/\//.test(text)) throw new Error("S3 is not supported yet. Use file:FOLDER.");
  return { engine: "file", folder: folderAfter("file:", text) };
}

/** `embedded:`. Throws an Error in words for anything else. */
export function parseEvents(text: string): EventsLocation {
  if (/^nats:\/\//.test(text)) throw new Error("NATS is not supported yet. Use embedded:.");
  if (text !== "embedded:") throw new Error(`"${text}" names no engine. Use embedded:.`);
  return { engine: "embedded" };
}

function folderAfter(scheme: string, text: string): string {
  const folder = text.startsWith(scheme) ? text.slice(scheme.length) : "";
  if (folder === "" || folder.startsWith("//")) throw new Error(`"${text}" names no folder. Use ${scheme}FOLDER.`);
  return resolve(folder);
}
