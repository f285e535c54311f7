// A program without resources, for the time that Pulumi needs for any program.
import "@pulumi/pulumi";
