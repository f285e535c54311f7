module keycard-go

go 1.25

require (
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
	pulumi-keycard/sdk/go v0.2.0
)

replace pulumi-keycard/sdk/go => ../../sdk/go
