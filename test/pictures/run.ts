import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PICTURE_FILE, recordPicture } from "./record";
import { endOnClosedPipe } from "../../provider/command-line/closed-pipe";

endOnClosedPipe();

void main();

async function main(): Promise<void> {
  await mkdir(dirname(PICTURE_FILE), { recursive: true });
  await writeFile(PICTURE_FILE, await recordPicture());
  console.log(`Wrote ${PICTURE_FILE}.`);
}
