package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	keycard "repository.invalid/pulumi-keycard/sdk/go/keycardsecrets"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		github, err := keycard.NewSecret(ctx, "github", &keycard.SecretArgs{
			EntityId:    pulumi.String("h5d1s8f3g6j0l9p2a7e4u1i5o3"),
			Description: pulumi.String("Used by the release agent"),
			Metadata:    pulumi.Map{"team": pulumi.String("release")},
			Data: keycard.TokenDataArgs{
				Type:  pulumi.String("token"),
				Token: config.RequireSecret(ctx, "githubToken"),
			},
		})
		if err != nil {
			return err
		}
		_, err = keycard.NewSecret(ctx, "database", &keycard.SecretArgs{
			EntityId: pulumi.String("b3y7v0t5r2e9w6q1x4z8c0n5m7"),
			Data: keycard.PasswordDataArgs{
				Type:     pulumi.String("password"),
				Username: pulumi.String("app"),
				// The value itself never enters the state.
				Password: keycard.EnvSourceArgs{FromEnv: pulumi.String("DB_PASSWORD")},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("version", github.Version)
		return nil
	})
}
