import fc from "fast-check";

// The same cases for each mutant, and fewer: a test of a property runs once for each mutant that it cannot find.
fc.configureGlobal({ seed: 1, numRuns: 30 });
