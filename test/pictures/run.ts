import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { inRunFolder } from "../support/run-folder";
import { PICTURE_FILE, recordPicture } from "./record";

void inRunFolder(main);

async function main(): Promise<void> {
  await mkdir(dirname(PICTURE_FILE), { recursive: true });
  await writeFile(PICTURE_FILE, await recordPicture());
  console.log(`Wrote ${PICTURE_FILE}.`);
}
