import type * as pulumi from "@pulumi/pulumi";

/** Arguments any of which may be an output. */
export type LookupInputs<T> = { [Name in keyof T]: pulumi.Input<T[Name]> };

/** Of Pulumi's invoke options those that mean something without a provider plugin. */
export type LookupOptions = Pick<pulumi.InvokeOptions, "parent">;

/** The options of the forms that return outputs. */
export type LookupOutputOptions = Pick<pulumi.InvokeOutputOptions, "parent" | "dependsOn">;
