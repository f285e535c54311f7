import { RunNotes, type RunNote } from "../../../provider/secret/run-notes";

/** Another process of a run: writes notes, then whatever it is sent, until it is told to end. */
const [, , address = "", folder = "", text = "[]"] = process.argv;
const notes = new RunNotes(
  () => address,
  (reason) => {
    throw new Error(reason);
  },
  folder,
);
for (const note of JSON.parse(text) as RunNote[]) notes.write(note);
process.on("message", (message: RunNote | "end") => {
  if (message === "end") process.exit();
  notes.write(message);
  process.send?.("written");
});
process.send?.("ready");
