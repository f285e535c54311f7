import { playPairs } from "./support/play-pairs";

// As for dynamic resources, a `-` is a pair that is left out. In YAML everything is played.
//                                               create patch drift adopt rename replace lookup remove
playPairs("native", [
  ["process", "flat", /*                     */ "x      -     -     x     -      -       -       x"],
  ["inline", "one component", /*             */ "x      x     -     -     x      x       -       x"],
  ["inline", "nested components", /*         */ "x      -     x     -     -      -       -       x"],
  ["inline", "waiting components", /*        */ "x      -     -     x     -      -       -       x"],
  ["inline", "a secret below a secret", /*   */ "x      -     -     -     x      x       -       x"],
  ["process", "an explicit provider", /*     */ "x      -     -     x     -      x       x       x"],
  ["inline", "transforms and hooks", /*      */ "x      x     x     -     -      -       -       x"],
  ["yaml", "flat", /*                        */ "x      x     x     x     x      x       x       x"],
]);
