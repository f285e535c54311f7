// A program without resources: what Pulumi takes for any program.
export {};
