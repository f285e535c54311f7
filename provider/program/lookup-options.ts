import type * as pulumi from "@pulumi/pulumi";

/** Arguments that may be outputs. */
export type LookupInputs<T> = { [Name in keyof T]: pulumi.Input<T[Name]> };

/** The invoke options that apply without a provider plugin. */
export type LookupOptions = Pick<pulumi.InvokeOptions, "parent">;

/** The options of the forms that return outputs. */
export type LookupOutputOptions = Pick<pulumi.InvokeOutputOptions, "parent" | "dependsOn">;
