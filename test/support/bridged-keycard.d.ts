/** The part that the documents use of the SDK that Pulumi generates from the schema of Keycard's Terraform provider. */
declare module "@pulumi/keycard" {
  import type { CustomResource, Input } from "@pulumi/pulumi";

  class Resource extends CustomResource {
    constructor(
      name: string,
      args: {
        zoneId: Input<string>;
        name?: Input<string>;
        identifier: Input<string>;
        credentialProviderId: Input<string>;
        applicationId?: Input<string>;
        description?: Input<string>;
      },
    );
  }

  class Application extends CustomResource {
    constructor(
      name: string,
      args: {
        zoneId: Input<string>;
        name?: Input<string>;
        identifier: Input<string>;
        description?: Input<string>;
      },
    );
  }

  class ApplicationDependency extends CustomResource {
    constructor(
      name: string,
      args: { zoneId: Input<string>; applicationId: Input<string>; resourceId: Input<string> },
    );
  }
}
