import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { inRunFolder } from "../support/run-folder";
import { PICTURES } from "./record";

void inRunFolder(main);

async function main(): Promise<void> {
  for (const { file, record } of PICTURES) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await record());
    console.log(`Wrote ${file}.`);
  }
}
