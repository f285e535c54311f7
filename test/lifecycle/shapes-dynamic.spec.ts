import { playPairs } from "./support/play-pairs";

// The life of secrets in the shapes of programs. A run takes one to two seconds, so not every chapter is played in every
// shape: a `-` is a pair that is left out. In a component everything is played, because most programs have one. The shapes of
// the plugin are in the other spec. All other specs declare their secrets flat and inline.
//                                               create patch drift adopt rename replace lookup remove
playPairs("dynamic", [
  ["process", "flat", /*                     */ "x      -     x     -     -      -       x       x"],
  ["process", "one component", /*            */ "x      x     x     x     x      x       x       x"],
  ["inline", "nested components", /*         */ "x      -     -     x     x      -       -       x"],
  ["inline", "waiting components", /*        */ "x      -     -     -     -      x       x       x"],
  ["inline", "a secret below a secret", /*   */ "x      -     -     -     x      x       -       x"],
  ["inline", "transforms and hooks", /*      */ "x      x     x     -     -      -       -       x"],
]);
