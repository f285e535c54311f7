import * as pulumi from "@pulumi/pulumi";

/** Reads one key of the running program's configuration, such as `keycard:zoneId`. */
export function programConfig(key: string): string | undefined {
  const [namespace, name] = key.split(":") as [string, string];
  return new pulumi.Config(namespace).get(name);
}
